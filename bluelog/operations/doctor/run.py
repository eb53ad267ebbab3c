"""Examining: every check at the same time, each within its time, none in the way of another."""

import logging
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from threading import Thread

from flask import Flask, current_app

from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Check, Entry, Finding, failure, warning
from bluelog.operations.doctor.patient import patient, reason

log = logging.getLogger(__name__)

_GRACE_SECONDS = 0.5


def examine(checks: Iterable[Check], *, seconds: float | None = None) -> list[Entry]:
    """What the checks find, in their order; `seconds` replaces the time that each may take.

    Needs an app context. A check that fails or lasts too long is a finding itself.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    began = time.monotonic()
    running = [(check, _begin(app, check, seconds or check.seconds)) for check in checks]
    return [
        Entry(check, finding)
        for check, looking in running
        for finding in _found(looking, began, seconds or check.seconds)
    ]


def _begin(app: Flask, check: Check, seconds: float) -> Future[list[Finding]]:
    looking: Future[list[Finding]] = Future()
    wrong = [name for name in patient().errors if check.needs and name.startswith(check.needs)]
    if wrong:
        left_out = _l("Not looked at, because %(setting)s is wrong.", setting=wrong[0])
        looking.set_result([warning(left_out)])
    else:
        # A daemon: one that hangs in the system keeps neither a command nor a server from ending.
        Thread(
            target=_look, args=(app, check, seconds, looking), name=check.name, daemon=True
        ).start()
    return looking


def _look(app: Flask, check: Check, seconds: float, looking: Future[list[Finding]]) -> None:
    """Answer when the context is closed, and with it what the check held of the database."""
    with app.app_context():
        try:
            found = list(check.look(seconds))
        except Exception as error:
            log.info("The check of %s failed.", check.name, exc_info=True)
            words = _l("This could not be looked at: %(reason)s", reason=reason(error))
            found = [failure(words)]
    looking.set_result(found)


def _found(looking: Future[list[Finding]], began: float, seconds: float) -> Sequence[Finding]:
    left = began + seconds + _GRACE_SECONDS - time.monotonic()
    try:
        return looking.result(max(left, 0))
    except TooLong:
        return [warning(_l("No answer within %(seconds)d seconds.", seconds=seconds))]
