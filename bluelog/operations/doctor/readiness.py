"""Whether requests can be let in: what a probe asks every few seconds."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from threading import Lock, Thread
from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from bluelog.clock import now
from bluelog.operations.doctor import migrations
from bluelog.operations.doctor.disk import FLOOR_BYTES, existing, space
from bluelog.queries.operations import worker_is_missing

log = logging.getLogger(__name__)

LONGEST_SECONDS = 1.5


class Readiness(NamedTuple):
    """Each part, and whether it is as it should be."""

    database: bool = False
    migrations: bool = False
    worker: bool = False
    disk: bool = False


class _Shared:
    """One look at a time, whose answer all share who ask meanwhile: probes never pile up."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._looking: Future[Readiness] | None = None

    def answer(self, look: Callable[[], Readiness], seconds: float) -> Readiness:
        """What is found, or all that is known when it takes longer than that: nothing."""
        with self._lock:
            if self._looking is None or self._looking.done():
                self._looking = _started(look)
            looking = self._looking
        try:
            return looking.result(seconds)
        except TooLong:
            return Readiness()


def readiness() -> Readiness:
    """Look at what a request needs, within two seconds whatever the database does.

    Needs an app context.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    shared: _Shared = app.extensions.setdefault("readiness", _Shared())
    found = shared.answer(lambda: _of_database(app), LONGEST_SECONDS)
    return found._replace(disk=_has_room())


def _started(look: Callable[[], Readiness]) -> Future[Readiness]:
    looking: Future[Readiness] = Future()
    Thread(target=_look, args=(look, looking), name="readiness", daemon=True).start()
    return looking


def _look(look: Callable[[], Readiness], looking: "Future[Readiness]") -> None:
    """Settle it whatever happens: one that never ends would be waited for by every later probe."""
    try:
        looking.set_result(look())
    except Exception:
        log.exception("Whether requests can be let in could not be seen.")
        looking.set_result(Readiness())


def _of_database(app: Flask) -> Readiness:
    with app.app_context():
        try:
            is_at_head = migrations.is_at_head()
        except SQLAlchemyError:
            return Readiness()
        try:
            return Readiness(True, is_at_head, not worker_is_missing(now()))  # noqa: FBT003
        except SQLAlchemyError:  # without tables there is no word of a worker
            return Readiness(database=True, migrations=is_at_head)


def _has_room() -> bool:
    try:
        folder = existing(current_app.config["BLUELOG_DATA_DIR"])
        return space(folder).free_bytes >= FLOOR_BYTES
    except OSError:
        return False
