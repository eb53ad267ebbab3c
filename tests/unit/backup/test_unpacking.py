"""What an archive must be to be restored, and the sentence for each that is not."""

import gzip
import tarfile
from pathlib import Path

import pytest

from bluelog.operations.backup import reading
from bluelog.operations.backup.layout import HEADER, MANIFEST, SETTINGS, UPLOADS, ArchiveRefused
from bluelog.operations.backup.unpacking import Unpacked, unpack, uploads
from bluelog.operations.progress import silently
from tests.unit.backup.archives import (
    DATABASE,
    PICTURE,
    PICTURE_NAME,
    changed,
    good_parts,
    header,
    kept,
    kept_bytes,
    manifest,
    part,
    tarred,
    whole,
)

OTHER_PICTURE = f"uploads/{'0' * 64}.png"


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    folder = tmp_path / "stage"
    folder.mkdir()
    return folder


def opened(archive: Path, stage: Path) -> Unpacked:
    return unpack(archive, stage, "sqlite", silently)


class TestGood:
    def test_its_database_is_laid_out_and_its_uploads_come_one_by_one(
        self, tmp_path: Path, stage: Path
    ) -> None:
        found = opened(kept(tmp_path, whole(good_parts())), stage)
        assert found.database.read_bytes() == DATABASE
        assert list(uploads(found)) == [(PICTURE_NAME, PICTURE)]
        assert found.upload_count == 1

    def test_one_that_is_changed_after_it_was_checked_brings_no_upload(
        self, tmp_path: Path, stage: Path
    ) -> None:
        found = opened(kept(tmp_path, whole(good_parts())), stage)
        parts = good_parts()
        parts[-1] = part(UPLOADS + PICTURE_NAME, b"another!!")
        kept(tmp_path, whole(parts))
        with pytest.raises(ArchiveRefused, match="was changed while"):
            list(uploads(found))


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


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_a_sentence(tmp_path: Path, stage: Path, name: str) -> None:
    data, sentence = REFUSED[name]
    with pytest.raises(ArchiveRefused, match=sentence) as refusal:
        opened(kept_bytes(tmp_path, data), stage)
    assert str(refusal.value).endswith(".")
    assert "\x1b" not in str(refusal.value)
    assert {path.name for path in tmp_path.iterdir()} == {"archive.tar.gz", "stage"}


@pytest.mark.parametrize("name", [HEADER, SETTINGS, MANIFEST, OTHER_PICTURE])
def test_a_size_that_is_claimed_is_refused_before_it_is_read(
    tmp_path: Path, stage: Path, name: str
) -> None:
    largest = reading.LARGEST.get(name, reading.LARGEST_UPLOAD)
    info = tarfile.TarInfo(name)
    info.size = largest + 1
    block = info.tobuf(tarfile.GNU_FORMAT)
    before = tarred(good_parts()[:1])[:1024] if name != HEADER else b""
    with pytest.raises(ArchiveRefused, match="too large"):
        opened(kept_bytes(tmp_path, gzip.compress(before + block)), stage)


def test_cut_off_anywhere_it_is_refused(tmp_path: Path, stage: Path) -> None:
    for length in range(2, len(GOOD) - 1, max(1, len(GOOD) // 97)):
        for left in stage.iterdir():
            left.unlink()
        with pytest.raises(ArchiveRefused):
            opened(kept_bytes(tmp_path, GOOD[:length]), stage)


def test_a_missing_file_is_a_sentence(tmp_path: Path, stage: Path) -> None:
    with pytest.raises(ArchiveRefused, match="cannot be read: No such file"):
        opened(tmp_path / "nowhere.tar.gz", stage)
