"""Another blog's database, opened to be read and nothing else.

Not an engine of SQLAlchemy's: the app prepares every SQLite connection of such for writing, which
would change the file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from bluelog.errors import BluelogError

_POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2")
_CONNECT_TIMEOUT_SECONDS = 10
_ROWS_A_FETCH = 500


class SourceError(BluelogError):
    """The source cannot be read, or is not what it should be; the message says why."""


class Connection(Protocol):
    """A snapshot of a database: what is read twice is the same twice."""

    def columns(self, table: str) -> set[str]: ...
    def rows(self, query: str) -> Iterator[tuple[Any, ...]]: ...
    def close(self) -> None: ...


def connect(address: str) -> Connection:
    """Open a `sqlite:///` or `postgresql://` URL, or the path of a SQLite file.

    Raises SourceError. A URL is never repeated in a message, for it may hold a password.
    """
    scheme, mark, rest = address.strip().partition("://")
    if not mark:
        return SQLite(Path(address).expanduser())
    if scheme == "sqlite" and rest.startswith("/"):
        return SQLite(Path(rest[1:].partition("?")[0]))
    if scheme in _POSTGRESQL:
        return PostgreSQL(f"postgresql://{rest}")
    raise SourceError(
        "The source must be the path of a SQLite file, or a URL that begins with sqlite:/// "
        "or postgresql://."
    )


class SQLite:
    """A SQLite file."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise SourceError(f"There is no file {path}.")
        with _as_source_error(sqlite3.Error):
            uri = f"{path.resolve().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(uri, uri=True, isolation_level=None)
            self._connection.text_factory = _decoded
            self._connection.execute("BEGIN")

    def columns(self, table: str) -> set[str]:
        with _as_source_error(sqlite3.Error):
            query = "SELECT name FROM pragma_table_info(?)"
            return {name for (name,) in self._connection.execute(query, [table])}

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        with _as_source_error(sqlite3.Error):
            yield from self._connection.execute(query)

    def close(self) -> None:
        self._connection.close()


class PostgreSQL:
    """A database on a PostgreSQL server."""

    def __init__(self, url: str) -> None:
        # An optional package, needed for this server alone.
        try:
            import psycopg
        except ImportError:
            raise SourceError(
                "Reading PostgreSQL needs the package psycopg. Install it with: pipenv sync "
                '--categories "packages postgres"'
            ) from None
        self._error = psycopg.Error
        self._names = count(1)
        with _as_source_error(self._error):
            self._connection = psycopg.connect(url, connect_timeout=_CONNECT_TIMEOUT_SECONDS)
            self._connection.read_only = True
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

    def columns(self, table: str) -> set[str]:
        query = (
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = ANY(current_schemas(false)) AND table_name = %s"
        )
        with _as_source_error(self._error):
            return {name for (name,) in self._connection.execute(query, [table])}

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        # A named cursor leaves the rows on the server until they are asked for.
        name = f"bluelog_{next(self._names)}"
        with _as_source_error(self._error), self._connection.cursor(name) as cursor:
            cursor.itersize = _ROWS_A_FETCH
            yield from cursor.execute(query.encode())

    def close(self) -> None:
        self._connection.close()


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


@contextmanager
def _as_source_error(driver_error: type[Exception]) -> Iterator[None]:
    try:
        yield
    except driver_error as error:
        raise SourceError(f"The source cannot be read: {str(error).strip()}") from error
