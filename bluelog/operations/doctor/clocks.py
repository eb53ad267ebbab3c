"""The clock of this machine, held against others and against what was written before."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from flask import current_app
from sqlalchemy import text

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.i18n import lazy_ngettext as _n
from bluelog.operations.doctor import visit
from bluelog.operations.doctor.finding import Finding, age, failure, fine, warning
from bluelog.queries.operations import newest_row_at

TOLERATED = timedelta(seconds=5)
SERIOUS = timedelta(minutes=1)
_COMMAND = "sudo timedatectl set-ntp true"


def look(seconds: float) -> Iterator[Finding]:
    """Compare with the database's server, with our own address, and with the newest row."""
    found = [judge_difference(theirs - now()) for theirs in _others(seconds)]
    found.append(judge_newest(newest_row_at(), now()))
    wrong = [finding for finding in found if finding]
    yield from wrong
    if not wrong:
        yield fine(_l("The clock is right, as far as can be seen from here."))


def judge_difference(difference: timedelta) -> Finding | None:
    """Whether two clocks agree."""
    if abs(difference) <= TOLERATED:
        return None
    level = failure if abs(difference) > SERIOUS else warning
    words = _n(
        "The clock is %(num)d second off from another of this blog's servers.",
        "The clock is %(num)d seconds off from another of this blog's servers.",
        round(abs(difference).total_seconds()),
    )
    return level(words, _l("Let both keep time by the network."), _COMMAND)


def judge_newest(newest: datetime | None, at: datetime) -> Finding | None:
    """Whether something was written at a time that is still to come."""
    if newest is None or newest - at <= SERIOUS:
        return None
    words = _l(
        "The newest entry is from a time that comes in %(age)s: "
        "the clock is wrong, or was when it was written.",
        age=age(newest - at),
    )
    return failure(words, _l("Let it keep time by the network."), _COMMAND)


def _others(seconds: float) -> Iterator[datetime]:
    """Other clocks that can be read; our own address may well not be reached from here."""
    if db.engine.dialect.name != "sqlite":
        with db.engine.connect() as connection:
            yield connection.scalar(text("SELECT clock_timestamp()"))
    if url := current_app.config["BLUELOG_URL"]:
        try:
            yield parsedate_to_datetime(visit.ask(url, "/healthz", seconds).date)
        except visit.FAILURES:
            return
