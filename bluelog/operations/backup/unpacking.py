"""An archive, checked from its first byte to its last, with its database laid out to be tried."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bluelog.operations import migrations
from bluelog.operations.backup.layout import (
    DATABASES,
    HEADER,
    MANIFEST,
    UPLOADS,
    ArchiveRefused,
    Header,
    Manifest,
    Sums,
)
from bluelog.operations.backup.reading import Member, opened
from bluelog.operations.progress import Advance, Progress


@dataclass(frozen=True)
class Unpacked:
    """What an archive holds; `database` is a file of its own in the stage."""

    archive: Path
    header: Header
    manifest: Manifest
    database: Path

    @property
    def upload_count(self) -> int:
        return sum(name.startswith(UPLOADS) for name in self.manifest.files)


def unpack(
    archive: Path, stage: Path, kind: str, progress: Progress, *, is_ours: bool = False
) -> Unpacked:
    """Read every byte, compare it with the manifest, and lay the database out in `stage`.

    `kind` is that of the database it is for. One that was made this moment (`is_ours`) may have a
    migration of a newer Bluelog's, as the database it is of has. Raises ArchiveRefused.
    """
    found: Sums = {}
    database = stage / DATABASES[kind]
    with opened(archive) as members:
        header = _header(members, found)
        _expect_readable(header, kind, stage)
        if not is_ours:
            _expect_known(header)
        with progress("Checking", header.database_bytes) as advance:
            manifest = _read(members, header, database, found, advance)
    _compare(manifest, found, database.name)
    return Unpacked(archive, header, manifest, database)


def _read(
    members: Iterator[Member], header: Header, database: Path, found: Sums, advance: Advance
) -> Manifest:
    """Read everything behind the header, noting what is found; the manifest, which comes last."""
    manifest: Manifest | None = None
    for member in members:
        if manifest is not None:
            raise ArchiveRefused("The archive holds more than its manifest names.")
        if member.name == MANIFEST:
            manifest = Manifest.loaded(member.data())
        elif member.name in DATABASES.values():
            _lay_out(member, database, header)
            _note(member, found)
            advance(member.size)
        else:
            member.skip()
            _note(member, found)
    if manifest is None:
        raise ArchiveRefused("The archive is cut off: its manifest is missing.")
    return manifest


def uploads(unpacked: Unpacked) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every upload, as long as they still are what the manifest says."""
    with opened(unpacked.archive) as members:
        for member in members:
            if member.name.startswith(UPLOADS):
                data = member.data()
                if member.sum != unpacked.manifest.files.get(member.name):
                    raise ArchiveRefused("The archive was changed while it was being restored.")
                yield member.name.removeprefix(UPLOADS), data


def _header(members: Iterator[Member], found: Sums) -> Header:
    first = next(members, None)
    if first is None or first.name != HEADER:
        raise ArchiveRefused("This is no backup of a Bluelog: it does not begin as one.")
    header = Header.loaded(first.data())
    _note(first, found)
    return header


def _expect_readable(header: Header, kind: str, stage: Path) -> None:
    if header.database not in DATABASES:
        raise ArchiveRefused("The header of the archive is damaged: it names no database we know.")
    if header.database != kind:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        raise ArchiveRefused(
            f"The archive holds a {names[header.database]} database, and DATABASE_URL names a "
            f"{names[kind]} one. Restore it into a {names[header.database]} database."
        )
    if not 0 < header.database_bytes < shutil.disk_usage(stage).free:
        raise ArchiveRefused(
            f"The disk has no room to unpack the database, {header.database_bytes} bytes."
        )


def _expect_known(header: Header) -> None:
    if header.revision not in migrations.known():
        raise ArchiveRefused(
            f"The archive has migration {header.revision}, which this Bluelog does not know: "
            "a newer Bluelog made it. Upgrade this one first."
        )


def _note(member: Member, found: Sums) -> None:
    assert member.sum  # noqa: S101  (every byte was read)
    found[member.name] = member.sum


def _lay_out(member: Member, path: Path, header: Header) -> None:
    if member.name != path.name or member.size != header.database_bytes:
        raise ArchiveRefused("The database in the archive is not the one its header speaks of.")
    with path.open("xb") as file:
        for chunk in member.chunks():
            file.write(chunk)


def _compare(manifest: Manifest, found: Sums, database: str) -> None:
    if database not in found:
        raise ArchiveRefused("The archive holds no database.")
    named = manifest.files
    for name in sorted(named.keys() | found.keys()):
        if name not in found:
            raise ArchiveRefused(f"{name!a} is missing from the archive.")
        if name not in named:
            raise ArchiveRefused(f"{name!a} is not named in the manifest of the archive.")
        if named[name] != found[name]:
            raise ArchiveRefused(f"{name} in the archive is not what its manifest says.")
