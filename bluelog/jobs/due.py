"""Everything that falls due. The truth is in the tables: running twice changes nothing twice."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import select, update

from bluelog.extensions import db
from bluelog.jobs import delivery, reading, relating
from bluelog.models import Counter
from bluelog.outage import Outage
from bluelog.queries.library import going_upload
from bluelog.queries.posts import due_scheduled
from bluelog.queries.uploads import dated_post, pending_formats, pending_variants
from bluelog.services import (
    asked,
    library,
    limits,
    overdue,
    preview_links,
    revisions,
    sessions,
    tokens,
    upload_formats,
    uploads,
    upserts,
    working_copies,
)
from bluelog.storage import StorageAway
from bluelog.uow import unit_of_work

Job = Callable[[datetime], int]

WORKER_SEEN = "worker_seen"  # the counter of when a worker was last alive
_LAST_PURGE = "last_purge"
_HEARTBEAT_SECONDS = 20
_HOUR_SECONDS = 3600

files_away = Outage(pause_seconds=10.0)


def run_due(at: datetime, stop: Event | None = None) -> int:
    """Do what is due, every job in its turn, until nothing is or `stop` is set; how much was done.

    A job that fails keeps no other from its turn. Raises ExceptionGroup of all that failed.
    """
    began, done = time.monotonic(), 0
    failed: dict[Job, Exception] = {}
    while not (stop and stop.is_set()):
        now = at + timedelta(seconds=time.monotonic() - began)
        step = sum([_turn(job, now, failed) for job in JOBS if job not in failed])
        done += step
        if not step:
            break
    if failed:
        raise ExceptionGroup("Some of what is due failed.", list(failed.values()))
    return done


def _turn(job: Job, now: datetime, failed: dict[Job, Exception]) -> int:
    try:
        return job(now)
    except Exception as error:  # noqa: BLE001  (run_due raises it when the others had their turn)
        db.session.rollback()
        failed[job] = error
        return 0


def show_life(at: datetime) -> int:
    """Leave the time in a counter, so that the dashboard can say when no worker runs."""
    _has_passed(_HEARTBEAT_SECONDS, WORKER_SEEN, at)
    return 0


def publish_scheduled(at: datetime) -> int:
    """Turn over the status of posts whose time has come; readers see them without this."""
    return overdue.publish(at) if db.session.scalar(due_scheduled(at).limit(1)) else 0


def make_variants(at: datetime) -> int:
    """Make the narrower files of one picture."""
    waiting = pending_variants(1)
    return _with_files(lambda: uploads.make_variants(waiting[0], at)) if waiting else 0


def make_format(at: datetime) -> int:
    """Make one file of a picture in a further format, once the narrower ones of all are made."""
    waiting = None if pending_variants(1) else pending_formats()
    return _with_files(lambda: upload_formats.make_next(waiting, at)) if waiting else 0


def renew_text(_at: datetime) -> int:
    """Have one post tell browsers of formats that were made for pictures it had before."""
    post_id = dated_post()
    if post_id is None:
        return 0
    upload_formats.renew_text(post_id)
    return 1


def delete_pictures(_at: datetime) -> int:
    """Delete the files of one picture that has left the trash for good."""
    going = going_upload()
    return _with_files(lambda: library.delete_files(going)) if going is not None else 0


def _with_files(act: Callable[[], object]) -> int:
    """Do it once; all that needs files waits while the place of the files is away."""
    if not files_away.lets_ask():
        return 0
    try:
        act()
    except StorageAway:
        files_away.failed()
        return 0
    files_away.answered()
    return 1


def clear_out(at: datetime) -> int:
    """Delete once an hour what nobody needs any more."""
    if _has_passed(_HOUR_SECONDS, _LAST_PURGE, at):
        for purge in HOURLY:
            purge(at)
    return 0


def _has_passed(seconds: int, counter: str, at: datetime) -> bool:
    """Whether the time in a counter is that long ago; if so it is set to `at`, by one worker."""
    now = int(at.timestamp())
    then = db.session.scalar(select(Counter.value).where(Counter.name == counter))
    # A time to come was left by a clock that has been set back since.
    if then is not None and now - seconds < then <= now:
        return False
    first = upserts.insert(Counter).values(name=counter, value=now).on_conflict_do_nothing()
    later = update(Counter).where(Counter.name == counter, Counter.value == then).values(value=now)
    ours = (first if then is None else later).returning(Counter.name)
    with unit_of_work():
        return db.session.scalar(ours) is not None


# Each does one piece of work, or a short batch, and says how much; 0 ends its turns.
JOBS: tuple[Job, ...] = (
    show_life,
    publish_scheduled,
    asked.answer_next,
    delivery.send_next,
    make_variants,
    make_format,
    renew_text,
    delete_pictures,
    reading.count_reads,
    relating.relate_next,
    clear_out,
)
HOURLY: tuple[Callable[[datetime], object], ...] = (
    delivery.forget_old,
    overdue.purge,
    overdue.purge_comments,
    library.purge_trash,
    revisions.thin,
    working_copies.purge,
    sessions.purge,
    tokens.purge,
    preview_links.purge,
    limits.purge,
    reading.forget,
)
