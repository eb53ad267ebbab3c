"""`flask restore`: from an archive back to a blog.

Everything is verified before anything is touched. Uploads come first: a file is named by what is
in it, so those of the old state and of the new one lie side by side. Then the database is replaced
in one transaction, which is the moment when the old state becomes the new one. The old database
is an archive by then, and restoring that is the way back.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from bluelog.operations.backup.afterwards import afterwards
from bluelog.operations.backup.blog import Blog
from bluelog.operations.backup.databases import Database, NotProvable
from bluelog.operations.backup.layout import UPLOADS, BackupError
from bluelog.operations.backup.making import make
from bluelog.operations.backup.proving import try_out
from bluelog.operations.backup.unpacking import Unpacked, unpack, uploads
from bluelog.operations.progress import Progress
from bluelog.storage import Storage


@dataclass(frozen=True)
class Checked:
    """An archive that may be restored; `doubt` is what could not be tried beforehand."""

    unpacked: Unpacked
    doubt: str


@dataclass(frozen=True)
class Restored:
    """What was done: where the old database is now, and how many uploads came in."""

    kept: Path | None
    set_aside: Path | None
    uploads_added: int


def check(blog: Blog, archive: Path, stage: Path, progress: Progress) -> Checked:
    """Verify an archive from end to end, and try it out. Raises BackupError."""
    unpacked = unpack(archive, stage, blog.database.kind, progress)
    try:
        try_out(blog.database, unpacked, progress)
    except NotProvable as reason:
        return Checked(unpacked, str(reason))
    return Checked(unpacked, "")


def restore(
    blog: Blog,
    checked: Checked,
    folder: Path,
    stage: Path,
    *,
    at: datetime,
    as_it_was: bool,
    progress: Progress,
) -> Restored:
    """Put the archive in the place of what is there.

    `as_it_was` leaves sessions, links and waiting mail alone. Raises BackupError.
    """
    unpacked = checked.unpacked
    kept = _kept(blog, folder, stage, at, progress)
    added = _add_uploads(blog.uploads, unpacked, progress)
    further = () if as_it_was else afterwards(blog.database.kind, at)
    aside = blog.database.replace(unpacked.database, further, stage)
    return Restored(kept, aside, added)


def _kept(blog: Blog, folder: Path, stage: Path, at: datetime, progress: Progress) -> Path | None:
    """An archive of the present database; None when there is none, or none that can be read."""
    if blog.database.is_empty() or not blog.database.is_readable():
        return None
    inner = stage / "kept"
    inner.mkdir(0o700)
    archive, _doubt = make(blog, folder, inner, at=at, has_uploads=False, progress=progress)
    return archive


def _add_uploads(storage: Storage, unpacked: Unpacked, progress: Progress) -> int:
    """Keep every file that is not there yet, or is not what it was; how many there were."""
    added = 0
    with progress("Uploads", unpacked.upload_count) as advance:
        for name, data in uploads(unpacked):
            expected = unpacked.manifest.files[UPLOADS + name].sha256
            if _sha256(storage, name) != expected:
                storage.put(name, data)
                added += 1
            advance(1)
    return added


def _sha256(storage: Storage, name: str) -> str | None:
    try:
        with storage.open(name) as file:
            return sha256(file.read()).hexdigest()
    except FileNotFoundError:
        return None


def expect_quiet(database: Database, *, worker_runs: bool) -> None:
    """Raises BackupError when somebody is at work, who would go on from the new state unaware."""
    users = database.users()
    seen = f"process {', '.join(users)}" if users else "a worker was seen within the last minute"
    if users or worker_runs:
        raise BackupError(
            f"The web server or the worker is running: {seen}. Stop both first, or add --yes."
        )
