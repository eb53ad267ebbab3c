"""Whether a worker is alive."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from bluelog.clock import now
from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, age, failure, fine
from bluelog.queries.operations import WORKER_MISSED_AFTER, worker_seen_at

# Where the guide's two ways of keeping the worker running are set up, and how each restarts it.
_KEEPERS = {
    Path("/etc/systemd/system/bluelog-worker.service"): "sudo systemctl restart bluelog-worker",
    Path("/etc/supervisor/conf.d/bluelog.conf"): "sudo supervisorctl restart bluelog-worker",
}


def look(_seconds: float) -> Iterator[Finding]:
    """Ask when a worker was last alive."""
    yield judge(worker_seen_at(), now())


def judge(seen_at: datetime | None, at: datetime) -> Finding:
    """A worker says every twenty seconds that it is there."""
    if seen_at and at - seen_at <= timedelta(seconds=WORKER_MISSED_AFTER):
        return fine(_l("A worker is at work."))
    advice = _l("Start it: mail, picture sizes and scheduled posts wait for it.")
    if seen_at is None:
        return failure(_l("No worker was ever seen."), advice, command())
    gone = age(at - seen_at)
    return failure(_l("No worker was seen for %(age)s.", age=gone), advice, command())


def command() -> str:
    """What starts a worker on this machine."""
    found = (command for file, command in _KEEPERS.items() if file.exists())
    return next(found, "flask worker")
