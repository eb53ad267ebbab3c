"""Whether what a page shows has changed, asked at every hit and thus as cheaply as can be.

These ask the database over connections of their own: a hit has no request, session or transaction.
"""

import os
import sqlite3
from threading import Lock, local
from typing import Any, Protocol

from sqlalchemy import Engine

from bluelog.queries.revisions import Revisions

_SQL = "SELECT content, frame, (SELECT revision FROM post WHERE id = {}) FROM content_revision"
_BUSY_SECONDS = 2.0


class WatchError(Exception):
    """The database did not answer."""


class Watch(Protocol):
    """Every method raises WatchError."""

    def revisions(self, post_id: int | None) -> Revisions:
        """The figures as they are now, with those of a post."""

    def mark(self) -> int | None:
        """A figure that stays the same while nothing whatever is committed; None if unknown."""


class SQLiteWatch:
    """One connection for all threads of a process; a fork opens its own.

    `PRAGMA data_version` looks at shared memory alone, and changes with every commit of any other
    connection in any process.
    """

    def __init__(self, path: str) -> None:
        self._path, self._sql = path, _SQL.format("?")
        self._lock, self._pid = Lock(), 0
        self._connection: sqlite3.Connection

    def revisions(self, post_id: int | None) -> Revisions:
        return Revisions(*self._ask(self._sql, (post_id,)))

    def mark(self) -> int:
        return int(self._ask("PRAGMA data_version")[0])

    def _ask(self, sql: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        with self._lock:
            try:
                if self._pid != os.getpid():
                    self._open()
                row = self._connection.execute(sql, values).fetchone()
            except sqlite3.Error as error:
                raise WatchError from error
        if row is None:
            raise WatchError
        return tuple(row)

    def _open(self) -> None:
        self._connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._pid = os.getpid()


class ServerWatch:
    """One connection a thread: several machines may write, so every hit asks."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._sql = engine, _SQL.format("%s")
        self._own = local()

    def revisions(self, post_id: int | None) -> Revisions:
        try:
            row = self._ask(post_id)
        except Exception:  # noqa: BLE001 - whatever it was, a new connection shows if it passes
            self._own.connection = None
            try:
                row = self._ask(post_id)
            except Exception as error:
                self._own.connection = None
                raise WatchError from error
        if row is None:
            raise WatchError
        return Revisions(*row)

    def mark(self) -> None:
        return None

    def _ask(self, post_id: int | None) -> Any:
        if getattr(self._own, "pid", 0) != os.getpid() or self._own.connection is None:
            self._open()
        return self._own.connection.execute(self._sql, (post_id,)).fetchone()

    def _open(self) -> None:
        # Made by the engine, with all that its address says, and taken out of its pool for good.
        connection = self._engine.raw_connection()
        connection.detach()
        self._own.connection = connection.driver_connection
        self._own.connection.rollback()
        self._own.connection.autocommit = True
        self._own.pid = os.getpid()


def watch_over(engine: Engine) -> Watch | None:
    """The watch that fits the database; None where it is in this process's memory alone."""
    if engine.dialect.name != "sqlite":
        return ServerWatch(engine)
    path = engine.url.database
    return SQLiteWatch(path) if path and path != ":memory:" else None
