"""Whether what a page shows has changed, asked at every hit and thus as cheaply as can be.

These ask the database over connections of their own: a hit has no request, session or transaction.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, local
from typing import Any, NamedTuple, Protocol
from weakref import finalize

from sqlalchemy import Engine

from bluelog.queries.revisions import Revisions
from bluelog.web.pages.wal_index import WALIndex

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
    version: int | bytes


class Watch(Protocol):
    """Every method raises WatchError."""

    def revisions(self, post_id: int | None) -> Revisions:
        """The figures as they are now, with those of a post."""

    def mark(self) -> Mark | None:
        """The mark as it is now; None if there is no such thing."""

    def is_still_at(self, mark: Mark) -> bool:
        """Whether it is seen at once, with nothing asked, that the mark is the same."""


class Opening(NamedTuple):
    """A connection of one process, and what it makes readable; `number` is of this opening."""

    number: int
    pid: int
    connection: sqlite3.Connection
    wal_index: WALIndex | None
    file: tuple[int, int]


class SQLiteWatch:
    """One connection for all threads of a process; a fork opens its own.

    The head of the WAL-index changes with every commit of any connection in any process, and so
    does `PRAGMA data_version`, which is asked where there is no such head to be read. A file that
    was put in the place of the former one is noticed within a second, and `swapped` called.
    """

    def __init__(self, path: str, swapped: Callable[[], object] = lambda: None) -> None:
        self._path, self._sql, self._swapped = path, _SQL.format("?"), swapped
        self._lock, self._number, self._look_again_at = Lock(), 0, 0.0
        self._opening: Opening | None = None
        self._inherited: list[Opening] = []

    def revisions(self, post_id: int | None) -> Revisions:
        return Revisions(*self._asked(self._sql, (post_id,))[1])

    def mark(self) -> Mark:
        opening = self._opening
        if not self._may_be_read(opening):
            with self._asking():
                opening = self._be_open()
        head = opening.wal_index.head() if opening and opening.wal_index else None
        if opening and head:
            return Mark(opening.number, head)
        number, row = self._asked("PRAGMA data_version", ())
        return Mark(number, int(row[0]))

    def is_still_at(self, mark: Mark) -> bool:
        opening = self._opening
        if opening is None or opening.number != mark.opening or not self._may_be_read(opening):
            return False
        return opening.wal_index is not None and opening.wal_index.is_at(mark.version)

    def _may_be_read(self, opening: Opening | None) -> bool:
        """Whether the head can be read with nothing else asked.

        Not in a child: the parent that kept the file as it is may be gone.
        """
        is_ours = opening is not None and opening.pid == os.getpid()
        return is_ours and time.monotonic() < self._look_again_at

    def _asked(self, sql: str, values: tuple[Any, ...]) -> tuple[int, tuple[Any, ...]]:
        """The number of the opening that was asked, and the row."""
        with self._asking():
            opening = self._be_open()
            row = opening.connection.execute(sql, values).fetchone()
        if row is None:
            raise WatchError
        return opening.number, tuple(row)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except (sqlite3.Error, OSError) as error:
                self._close()
                raise WatchError from error

    def _be_open(self) -> Opening:
        if self._opening and self._opening.pid != os.getpid():
            # SQLite forbids to close in a child what was opened before the fork.
            self._inherited.append(self._opening)
            self._opening = None
        if self._opening and self._is_swapped(self._opening):
            self._close()
            self._swapped()
        if self._opening is None:
            self._opening = self._opened()
        return self._opening

    def _opened(self) -> Opening:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            index = _index_of(connection, self._path)
            file = self._file_there()
        except BaseException:
            connection.close()
            raise
        self._number += 1
        self._look_again_at = time.monotonic() + _LOOK_AT_FILE_SECONDS
        return Opening(self._number, os.getpid(), connection, index, file)

    def _close(self) -> None:
        opening, self._opening = self._opening, None
        if opening and opening.pid == os.getpid():
            opening.connection.close()

    def _is_swapped(self, opening: Opening) -> bool:
        if time.monotonic() < self._look_again_at:
            return False
        self._look_again_at = time.monotonic() + _LOOK_AT_FILE_SECONDS
        return self._file_there() != opening.file

    def _file_there(self) -> tuple[int, int]:
        found = Path(self._path).stat()
        return found.st_dev, found.st_ino


def _index_of(connection: sqlite3.Connection, path: str) -> WALIndex | None:
    """The head of the WAL-index that the connection keeps; None where it cannot be read."""
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        return None
    # Only what has been read from makes the file.
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    try:
        return WALIndex(path)
    except (OSError, ValueError):
        return None


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

    def is_still_at(self, mark: Mark) -> bool:  # noqa: ARG002
        return False

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
