"""Making an archive while the blog goes on."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bluelog.operations.backup.blog import Blog
from bluelog.operations.backup.layout import (
    DATABASES,
    HEADER,
    MANIFEST,
    SETTINGS,
    UPLOADS,
    BackupError,
    Header,
    Manifest,
)
from bluelog.operations.backup.proving import prove
from bluelog.operations.backup.rotation import archive_name
from bluelog.operations.backup.writing import Writer, written
from bluelog.operations.doctor.disk import FLOOR_BYTES
from bluelog.operations.progress import Progress
from bluelog.storage import Storage

_STAGE = ".making-"


@contextmanager
def stage_in(folder: Path) -> Iterator[Path]:
    """A folder for what is not finished, for its owner alone; those of killed runs go first.

    Only for who holds the folder's lock.
    """
    for left in folder.glob(f"{_STAGE}*"):
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_STAGE, dir=folder) as stage:
        yield Path(stage)


def was_cut_off(folder: Path) -> bool:
    """Whether the last one who held the folder's lock was killed. Only for who holds it now."""
    return any(folder.glob(f"{_STAGE}*"))


def make(
    blog: Blog, folder: Path, stage: Path, *, at: datetime, has_uploads: bool, progress: Progress
) -> tuple[Path, BackupError | None]:
    """Make and prove an archive; where it is, and why it could not be proven here.

    Only a finished archive gets its name, and one that proves wrong gets none. Raises BackupError.
    """
    unfinished = stage / "archive"
    manifest = _write(blog, unfinished, stage, at, has_uploads=has_uploads, progress=progress)
    doubt = prove(blog.database, unfinished, manifest, stage, progress)
    archive = _free_name(folder, at, has_uploads=has_uploads)
    unfinished.replace(archive)
    _settle(folder)
    return archive, doubt


def _free_name(folder: Path, at: datetime, *, has_uploads: bool) -> Path:
    """The name of a time, or of the next second in which none was made."""
    while (path := folder / archive_name(at, has_uploads=has_uploads)).exists():
        at += timedelta(seconds=1)
    return path


def _write(
    blog: Blog, path: Path, stage: Path, at: datetime, *, has_uploads: bool, progress: Progress
) -> Manifest:
    """Write everything: the database first, for a file is there before the row that names it."""
    if blog.database.is_empty():
        raise BackupError("The database has no tables yet. Make them with: flask db upgrade")
    copy = stage / "copy"
    with blog.database.snapshot() as snapshot:
        _expect_room(stage, snapshot.size, blog.uploads if has_uploads else None)
        revision, tables = snapshot.revision, snapshot.sums(progress)
        with progress("Copying", snapshot.size) as advance:
            snapshot.copy_to(copy, advance)
    size = copy.stat().st_size
    header = Header(at, blog.database.kind, revision, size, has_uploads)
    with written(path, at) as archive:
        archive.add(HEADER, header.dumped())
        with progress("Database", size) as advance:
            archive.add_file(DATABASES[blog.database.kind], copy, advance)
        copy.unlink()
        archive.add(SETTINGS, blog.settings)
        if has_uploads:
            _write_uploads(archive, blog.uploads, progress)
        manifest = Manifest(dict(archive.files), tables)
        archive.add(MANIFEST, manifest.dumped())
    return manifest


def _expect_room(folder: Path, database_bytes: int, uploads: Storage | None) -> None:
    """Look before anything is copied: on a full disk the blog's writers stop as well.

    The copy of the database and what it is packed to lie there at once, and all uploads, which
    cannot be made smaller. Raises BackupError.
    """
    needed = database_bytes * 4 // 3 + (uploads.size() if uploads else 0) + FLOOR_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(
            f"The disk of {folder.parent} has {free / 1e9:.1f} GB free, and a backup may take "
            f"{needed / 1e9:.1f} GB. Make room, keep fewer (BLUELOG_BACKUP_KEEP_DAILY and its "
            "like), or have them elsewhere: flask backup --to FOLDER"
        )


def _write_uploads(archive: Writer, uploads: Storage, progress: Progress) -> None:
    """Write what is there. One added meanwhile may be in it, one that was removed is not."""
    names = sorted(uploads.names())
    with progress("Uploads", len(names)) as advance:
        for name in names:
            try:
                with uploads.open(name) as file:
                    data = file.read()
            except FileNotFoundError:
                continue
            finally:
                advance(1)
            archive.add(UPLOADS + name, data)


def _settle(folder: Path) -> None:
    """Bring the archive's new name to the disk, where the system lets a folder be opened."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
