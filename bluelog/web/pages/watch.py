"""Whether what a page shows has changed, asked at every hit and thus as cheaply as can be.

These ask the database over connections of their own: a hit has no request, session or transaction.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, local
from typing import Any, NamedTuple, Protocol
from weakref import finalize

from sqlalchemy import Engine

from bluelog.queries.revisions import Revisions

_SQL = "SELECT content, frame, (SELECT revision FROM post WHERE id = {}) FROM content_revision"
_BUSY_SECONDS = 2.0


_LOOK_AT_FILE_SECONDS = 1.0


class WatchError(Exception):
    """The database did not answer."""


class Mark(NamedTuple):
    """It stays the same while nothing whatever is committed; its figures begin with a connection.

    Marks of different openings say nothing about each other.
    """

    opening: int
    version: int


class Watch(Protocol):
    """Every method raises WatchError."""

    def revisions(self, post_id: int | None) -> Revisions:
        """The figures as they are now, with those of a post."""

    def mark(self) -> Mark | None:
        """The mark as it is now; None if there is no such thing."""


class SQLiteWatch:
    """One connection for all threads of a process; a fork opens its own.

    `PRAGMA data_version` looks at shared memory alone, and changes with every commit of any other
    connection in any process. A file that was put in the place of the former one is noticed within
    a second, and `swapped` called.
    """

    def __init__(self, path: str, swapped: Callable[[], object] = lambda: None) -> None:
        self._path, self._sql, self._swapped = path, _SQL.format("?"), swapped
        self._lock, self._pid, self._opening = Lock(), 0, 0
        self._connection: sqlite3.Connection
        self._inherited: list[sqlite3.Connection] = []
        self._file, self._looked_at = (0, 0), 0.0

    def revisions(self, post_id: int | None) -> Revisions:
        return Revisions(*self._asked(self._sql, (post_id,))[1])

    def mark(self) -> Mark:
        opening, row = self._asked("PRAGMA data_version", ())
        return Mark(opening, int(row[0]))

    def _asked(self, sql: str, values: tuple[Any, ...]) -> tuple[int, tuple[Any, ...]]:
        """The opening that was asked, and the row."""
        with self._lock:
            try:
                self._be_open()
                row = self._connection.execute(sql, values).fetchone()
            except (sqlite3.Error, OSError) as error:
                self._close()
                raise WatchError from error
            opening = self._opening
        if row is None:
            raise WatchError
        return opening, tuple(row)

    def _be_open(self) -> None:
        if self._pid not in (0, os.getpid()):
            # SQLite forbids to close in a child what was opened before the fork.
            self._inherited.append(self._connection)
            self._pid = 0
        if self._pid and self._is_swapped():
            self._close()
            self._swapped()
        if not self._pid:
            self._open()

    def _open(self) -> None:
        self._connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._pid, self._opening = os.getpid(), self._opening + 1
        self._file, self._looked_at = self._file_there(), time.monotonic()

    def _close(self) -> None:
        if self._pid == os.getpid():
            self._connection.close()
            self._pid = 0

    def _is_swapped(self) -> bool:
        if time.monotonic() < self._looked_at + _LOOK_AT_FILE_SECONDS:
            return False
        self._looked_at = time.monotonic()
        return self._file_there() != self._file

    def _file_there(self) -> tuple[int, int]:
        found = Path(self._path).stat()
        return found.st_dev, found.st_ino


class ServerWatch:
    """One connection a thread: several machines may write, so every hit asks."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._sql = engine, _SQL.format("%s")
        self._own = local()

    def revisions(self, post_id: int | None) -> Revisions:
        try:
            row = self._ask(post_id)
        except Exception:  # noqa: BLE001 - whatever it was, a new connection shows if it passes
            self._close()
            try:
                row = self._ask(post_id)
            except Exception as error:
                self._close()
                raise WatchError from error
        if row is None:
            raise WatchError
        return Revisions(*row)

    def mark(self) -> None:
        return None

    def _ask(self, post_id: int | None) -> Any:
        line = getattr(self._own, "line", None)
        if line is None or line.pid != os.getpid():
            line = self._own.line = self._opened()
        return line.connection.execute(self._sql, (post_id,)).fetchone()

    def _opened(self) -> "Line":
        # Made by the engine, with all that its address says, and taken out of its pool for good.
        pooled = self._engine.raw_connection()
        line = Line(pooled.driver_connection)
        pooled.detach()
        line.connection.rollback()
        line.connection.autocommit = True
        return line

    def _close(self) -> None:
        if line := getattr(self._own, "line", None):
            line.close()
        self._own.line = None


class Line:
    """A connection that is closed when nothing holds it any more, as when its thread has ended."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.pid = connection, os.getpid()
        self.close = finalize(self, _hang_up, connection, self.pid)


def _hang_up(connection: Any, pid: int) -> None:
    # To end what was opened before a fork would end it for the parent.
    if pid == os.getpid():
        with suppress(Exception):  # It may be the very thing that is broken.
            connection.close()


def watch_over(engine: Engine) -> Watch | None:
    """The watch that fits the database; None where it is in this process's memory alone."""
    if engine.dialect.name != "sqlite":
        return ServerWatch(engine)
    path = engine.url.database
    return SQLiteWatch(path, engine.dispose) if path and path != ":memory:" else None
