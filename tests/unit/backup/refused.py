"""Archives that are refused, each with what its sentence says."""

import gzip
import tarfile

from bluelog.operations.backup.layout import HEADER, MANIFEST, SETTINGS
from tests.unit.backup.archives import (
    DATABASE,
    changed,
    good_parts,
    header,
    manifest,
    part,
    tarred,
    whole,
)

OTHER_PICTURE = f"uploads/{'0' * 64}.png"


def swapped(name: str, data: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    """Good parts with their manifest, one of which holds something else than it says."""
    parts = whole(good_parts())
    return [part(name, data) if info.name == name else (info, old) for info, old in parts]


def odd_member(name: str, data: bytes = b"", **fields: object) -> bytes:
    parts = whole(good_parts())
    parts.insert(2, part(name, data, **fields))
    return gzip.compress(tarred(parts))


def bad_header(**values: object) -> bytes:
    return gzip.compress(
        tarred(whole([part(HEADER, changed(header(), **values)), *good_parts()[1:]]))
    )


GOOD = gzip.compress(tarred(whole(good_parts())))
LOOSE = gzip.compress(tarred(whole(good_parts())), 0)  # stored as it is
BOMB = gzip.compress(tarred([*good_parts(), part(OTHER_PICTURE, bytes(200 * 1024**2))]), 9)

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not compressed by gzip"),
    "some other file": (b"PK\x03\x04 a zip file", "not compressed by gzip"),
    "gzip of something else": (gzip.compress(b"words" * 999), "never a backup of a Bluelog"),
    "another's tar": (gzip.compress(tarred([part("notes.txt", b"x")])), "belongs to no backup"),
    "tar without a header": (gzip.compress(tarred(good_parts()[1:])), "does not begin as one"),
    "cut off in the middle": (GOOD[: len(GOOD) // 2], "cut off|damaged"),
    "without its last bytes": (GOOD[:-4], "cut off"),
    "cut off between two files": (gzip.compress(tarred(good_parts())), "manifest is missing"),
    "cut off within the tar": (gzip.compress(tarred(whole(good_parts()))[:9000]), "cut off"),
    "a letter changed": (LOOSE.replace(b"rows rows", b"rows rowz", 1), "damaged|not what"),
    "wrong checksum of gzip": (GOOD[:-6] + b"\0\1" + GOOD[-4:], "damaged"),
    "rubbish behind it": (GOOD + b"rubbish", "damaged"),
    "a second archive behind it": (GOOD + gzip.compress(b"more"), "goes on behind its end"),
    "an absolute path": (odd_member("/etc/cron.d/x", b"x"), "out of its folder"),
    "a path upwards": (odd_member("uploads/../../x", b"x"), "out of its folder"),
    "an odd name": (odd_member("uploads/x.php", b"x"), "belongs to no backup"),
    "a name with an escape": (odd_member("\x1b[31m", b"x"), r"\\x1b"),
    "a symbolic link": (
        odd_member(OTHER_PICTURE, type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        "is a symbolic link",
    ),
    "a hard link": (
        odd_member(OTHER_PICTURE, type=tarfile.LNKTYPE, linkname="settings.json"),
        "is a hard link",
    ),
    "a device": (odd_member(OTHER_PICTURE, type=tarfile.CHRTYPE), "is a device"),
    "a pipe": (odd_member(OTHER_PICTURE, type=tarfile.FIFOTYPE), "is a pipe"),
    "a folder": (odd_member("uploads", type=tarfile.DIRTYPE), "is a folder"),
    "a long name": (odd_member(f"uploads/{'x' * 300}", b"x"), "of a kind that no backup has"),
    "a file twice": (odd_member(SETTINGS, b"{}"), "twice"),
    "more than is named": (odd_member(OTHER_PICTURE, b"x"), "not named in the manifest"),
    "less than is named": (
        gzip.compress(tarred([*good_parts()[:-1], manifest(good_parts())])),
        "is missing from",
    ),
    "something behind the manifest": (
        gzip.compress(tarred([*whole(good_parts()), part(OTHER_PICTURE, b"x")])),
        "more than its manifest",
    ),
    "another database": (
        gzip.compress(tarred(swapped("database.sqlite", b"ROWS " * 4000))),
        "not what its manifest",
    ),
    "a longer database": (
        gzip.compress(tarred(swapped("database.sqlite", DATABASE + b"more"))),
        "not the one its header",
    ),
    "other settings": (gzip.compress(tarred(swapped(SETTINGS, b"[]"))), "not what its manifest"),
    "an unreadable manifest": (gzip.compress(tarred(swapped(MANIFEST, b"{"))), "description"),
    "a nested manifest": (
        gzip.compress(tarred(swapped(MANIFEST, b"[" * 100_000))),
        "description",
    ),
    "a manifest of nothing": (gzip.compress(tarred(swapped(MANIFEST, b"{}"))), "manifest"),
    "a manifest with a wrong sum": (
        gzip.compress(tarred(swapped(MANIFEST, b'{"files":{"a":{"count":1,"sha256":"x"}}}'))),
        "manifest",
    ),
    "no backup by its header": (bad_header(bluelog_backup="x"), "no backup of a Bluelog"),
    "a newer format": (bad_header(bluelog_backup=2), "newer Bluelog made it"),
    "a newer migration": (bad_header(revision="9999"), "migration 9999.*newer Bluelog"),
    "the other database": (bad_header(database="postgresql"), "PostgreSQL database, and"),
    "an unknown database": (bad_header(database="oracle"), "no database we know"),
    "a time that is none": (bad_header(made_at="soon"), "header of the archive is damaged"),
    "a database beyond the disk": (bad_header(database_bytes=10**18), "no room"),
    "a bomb": (BOMB, "unpacks to more than"),
}
