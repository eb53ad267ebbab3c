"""`flask backup`: one archive, and somebody told how it went."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bluelog.errors import BluelogError
from bluelog.events import BackupFailed
from bluelog.operations.backup import record
from bluelog.operations.backup.blog import Blog
from bluelog.operations.backup.layout import BackupError, Busy
from bluelog.operations.backup.lock import alone
from bluelog.operations.backup.making import make, stage_in, was_cut_off
from bluelog.operations.backup.record import Outcome
from bluelog.operations.backup.rotation import Keep, rotate
from bluelog.operations.progress import Progress, silently
from bluelog.uow import record as happened
from bluelog.uow import unit_of_work

log = logging.getLogger(__name__)

_LONGEST_ERROR = 1000
_CUT_OFF = (
    "The one before this was killed before its end, by a lack of memory, a time limit or a restart."
)


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for; `records` is where the outcome is kept."""

    folder: Path
    records: Path
    keep: Keep = field(default_factory=Keep)
    has_uploads: bool = True


def back_up(
    blog: Blog, wishes: Wishes, *, at: datetime, progress: Progress = silently
) -> tuple[Outcome, list[Path]]:
    """Make one archive, prove it, and drop those that have had their time; which they were.

    Whatever goes wrong is in the outcome. It is kept, and a bad one is mailed; a good one without
    uploads is no backup of the blog, and takes no other's place. Raises Busy, which nobody else is
    told of: the one that is at work tells how it went.
    """
    dropped: list[Path] = []
    try:
        with alone(wishes.folder):
            if was_cut_off(wishes.folder):
                tell(wishes.records, _failed(BackupError(_CUT_OFF), at))
            outcome = _made(blog, wishes, at, progress)
            dropped = rotate(wishes.folder, wishes.keep)
    except Busy:
        raise
    except Exception as error:  # noqa: BLE001  (told to everybody who should know, just below)
        outcome = _failed(error, at)
    if wishes.has_uploads or not outcome.is_proven:
        tell(wishes.records, outcome)
    return outcome, dropped


def _made(blog: Blog, wishes: Wishes, at: datetime, progress: Progress) -> Outcome:
    with stage_in(wishes.folder) as stage:
        archive, doubt = make(
            blog, wishes.folder, stage, at=at, has_uploads=wishes.has_uploads, progress=progress
        )
    return Outcome(at, str(archive), archive.stat().st_size, doubt is None, str(doubt or ""))


def refuse(records: Path, error: Exception, *, at: datetime) -> None:
    """Tell of a backup that could not even be begun."""
    tell(records, _failed(error, at))


def _failed(error: Exception, at: datetime) -> Outcome:
    return Outcome(at, "", 0, is_proven=False, error=_words(error))


def tell(records: Path, outcome: Outcome) -> None:
    """Keep the outcome, and have a bad one mailed; a database that is broken stops neither."""
    try:
        record.keep(records, outcome)
    except OSError:
        log.exception("The outcome of the backup could not be kept.")
    if not outcome.error:
        log.info("Backup %s was made and proven.", outcome.archive)
        return
    try:
        with unit_of_work():
            happened(BackupFailed(outcome.at, outcome.error))
    except Exception:
        # An error in the log is mailed to the operators without the database.
        log.exception("The backup failed, and so did mail about it: %s", outcome.error)
    else:
        log.warning("The backup failed: %s", outcome.error)


def _words(error: Exception) -> str:
    """One line; what is no refusal of ours is logged whole."""
    if isinstance(error, BluelogError | OSError):
        words = str(error)
    else:
        log.error("The backup ended unexpectedly.", exc_info=error)
        words = f"{type(error).__name__}: {error}"
    return " ".join(words.replace("\0", "").split())[:_LONGEST_ERROR]
