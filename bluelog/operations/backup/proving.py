"""A backup is a rumour until it was restored: into scratch, and compared."""

from pathlib import Path

from bluelog.operations.backup.databases import Database, NotProvable
from bluelog.operations.backup.layout import BackupError, Manifest, Sums
from bluelog.operations.backup.unpacking import Unpacked, unpack
from bluelog.operations.progress import Progress


def prove(
    database: Database, archive: Path, manifest: Manifest, stage: Path, progress: Progress
) -> BackupError | None:
    """Restore an archive into scratch and compare it with what was put in.

    None when it is proven, or the reason why it cannot be tried here. Raises BackupError when
    anything differs.
    """
    unpacked = unpack(archive, stage, database.kind, progress, is_ours=True)
    if unpacked.manifest != manifest:
        raise BackupError("The manifest that was written is not the one that is read.")
    try:
        try_out(database, unpacked, progress)
    except NotProvable as reason:
        return reason
    finally:
        unpacked.database.unlink(missing_ok=True)
    return None


def try_out(database: Database, unpacked: Unpacked, progress: Progress) -> None:
    """Restore the database of an archive into scratch and compare table by table.

    Raises BackupError, of which NotProvable is one.
    """
    with database.restored(unpacked.database) as scratch:
        if scratch.revision != unpacked.header.revision:
            raise BackupError("The database in the archive has another migration than it says.")
        compare(unpacked.manifest.tables, scratch.sums(progress))


def compare(expected: Sums, found: Sums) -> None:
    """Raises BackupError, which names the tables that differ."""
    names = sorted(expected.keys() | found.keys())
    if wrong := [name for name in names if expected.get(name) != found.get(name)]:
        raise BackupError(f"These tables are not as they were: {', '.join(wrong)}.")
