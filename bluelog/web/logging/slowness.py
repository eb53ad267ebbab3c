"""What took too long: queries and requests."""

import logging
import time
from typing import Any

from flask import Flask, Response, request, request_finished, request_started
from sqlalchemy import Connection, Engine, event

log = logging.getLogger(__name__)

_STARTED_KEY = "bluelog.started"
_LONGEST_STATEMENT = 2000


def watch_queries(engine: Engine, threshold: float) -> None:
    """Log each statement of `engine` that takes `threshold` seconds or more, without its values."""

    def start(connection: Connection, *_: Any) -> None:
        connection.info[_STARTED_KEY] = time.perf_counter()

    def finish(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        seconds = time.perf_counter() - connection.info[_STARTED_KEY]
        if seconds >= threshold:
            shown = " ".join(statement.split())[:_LONGEST_STATEMENT]
            log.warning("Slow query: %.3f s: %s", seconds, shown)

    event.listen(engine, "before_cursor_execute", start)
    event.listen(engine, "after_cursor_execute", finish)


def watch_requests(app: Flask) -> None:
    """Log each request that takes BLUELOG_SLOW_REQUEST_THRESHOLD seconds or more."""
    request_started.connect(_start_request, app)
    request_finished.connect(_finish_request, app)


def _start_request(_app: Flask, **_: Any) -> None:
    request.environ[_STARTED_KEY] = time.perf_counter()


def _finish_request(app: Flask, response: Response, **_: Any) -> None:
    now = time.perf_counter()
    seconds = now - request.environ.get(_STARTED_KEY, now)
    if seconds >= app.config["BLUELOG_SLOW_REQUEST_THRESHOLD"]:
        log.warning("Slow request: %.3f s, status %s", seconds, response.status_code)
