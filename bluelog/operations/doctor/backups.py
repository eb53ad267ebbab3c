"""The last backup: how old it is, and whether it was proven by restoring it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import current_app

from bluelog.clock import now
from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.backup.record import Outcome, latest
from bluelog.operations.doctor.finding import Finding, age, failure, fine, size, warning
from bluelog.operations.doctor.patient import without_secrets

STALE_AFTER = timedelta(hours=36)  # one night may be missed
LOST_AFTER = timedelta(days=7)
_COMMAND = "flask backup"


def look(_seconds: float) -> Iterator[Finding]:
    """Judge the record that every backup leaves."""
    yield judge(latest(current_app.config["BLUELOG_DATA_DIR"] / "backups"), now())


def judge(last: Outcome | None, at: datetime) -> Finding:
    """Whether what would be lost with the disk is a day's work or more."""
    if last is None:
        return warning(_l("There is no backup."), _l("Make one, then one every night."), _COMMAND)
    past = at - last.at
    if last.error or not last.is_proven:
        words = _l("The last backup was not proven by restoring it.")
        if last.error:
            words = _l("The last backup failed: %(reason)s", reason=without_secrets(last.error))
        return failure(words, _l("Make one again and read what it says."), _COMMAND)
    facts = {"archive": last.archive, "size": size(last.bytes), "age": age(past)}
    words = _l("The last backup, %(archive)s (%(size)s), is %(age)s old.", **facts)
    advice = _l("Make one, and see why the nightly one is not made.")
    if past > LOST_AFTER:
        return failure(words, advice, _COMMAND)
    if past > STALE_AFTER:
        return warning(words, advice, _COMMAND)
    return fine(_l("The last backup, %(archive)s (%(size)s), is %(age)s old and proven.", **facts))
