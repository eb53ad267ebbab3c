"""A database that is busy or gone is told as that, and a fault of ours as a fault."""

import errno
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import OperationalError as LostConnection
from psycopg import errors
from sqlalchemy import exc

from bluelog.extensions import db
from bluelog.queries import frame


def of_sqlite(code: int, words: str) -> exc.OperationalError:
    origin = sqlite3.OperationalError(words)
    origin.sqlite_errorcode = code
    return exc.OperationalError("SELECT 1", {}, origin)


def of_postgres(origin: Exception, *, is_lost: bool = False) -> exc.DBAPIError:
    made = exc.DBAPIError.instance(
        "SELECT 1", {}, origin, errors.Error, connection_invalidated=is_lost
    )
    assert isinstance(made, exc.DBAPIError)
    return made


PASSING = {
    "locked": of_sqlite(sqlite3.SQLITE_BUSY, "database is locked"),
    "locked halfway": of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT, "database is locked"),
    "no file": of_sqlite(sqlite3.SQLITE_CANTOPEN, "unable to open database file"),
    "deadlock": of_postgres(errors.DeadlockDetected("deadlock detected")),
    "serialisation": of_postgres(errors.SerializationFailure("could not serialize access")),
    "nobody there": of_postgres(LostConnection("connection refused")),
    "cut off": of_postgres(errors.InterfaceError("the connection is closed"), is_lost=True),
    "pool": exc.TimeoutError("QueuePool limit of size 5 overflow 10 reached"),
}
FULL = {
    "file": of_sqlite(sqlite3.SQLITE_FULL, "database or disk is full"),
    "index of the log": of_sqlite(sqlite3.SQLITE_IOERR_SHMSIZE, "disk I/O error"),
    "server": of_postgres(errors.DiskFull("could not extend file: No space left on device")),
    "folder": OSError(errno.ENOSPC, "No space left on device"),
    "allowance": OSError(errno.EDQUOT, "Disk quota exceeded"),
}
FAULTS = {
    "no right": PermissionError(errno.EACCES, "Permission denied"),
    "no table on SQLite": of_sqlite(sqlite3.SQLITE_ERROR, "no such table: post"),
    "no table on PostgreSQL": of_postgres(errors.UndefinedTable("relation does not exist")),
    "a row twice": exc.IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE")),
}


@pytest.fixture
def failing(site: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have the question for the site's settings fail with an error of the database, a later one
    with any other: without a database the error page makes do.
    """
    site.config["PROPAGATE_EXCEPTIONS"] = False

    def fail_with(error: Exception) -> FlaskClient:
        def fail() -> None:
            raise error

        asked = "site" if isinstance(error, exc.SQLAlchemyError) else "shelf"
        monkeypatch.setattr(frame, asked, fail)
        return site.test_client()

    return fail_with


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_a_503_that_says_when_to_come_back(failing: Any, name: str) -> None:
    answer = failing(PASSING[name]).get("/", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert '<html lang="zh-Hans"' in answer.text
    assert "<h1" in answer.text


@pytest.mark.parametrize("name", FULL)
def test_a_full_disk_is_a_507_told_in_one_line(
    failing: Any, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing(FULL[name]).get("/", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (507, "60")
    assert '<html lang="zh-Hans"' in answer.text
    assert [(r.levelname, r.exc_info) for r in caplog.records] == [("ERROR", None)]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_500(failing: Any, name: str) -> None:
    answer = failing(FAULTS[name]).get("/")
    assert (answer.status_code, "Retry-After" in answer.headers) == (500, False)
    assert "<h1" in answer.text


@pytest.fixture
def gone(site: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A browser of a site whose database cannot be reached."""
    site.config["PROPAGATE_EXCEPTIONS"] = False
    with site.app_context():
        engine = db.engine
        away = engine.url.set(database="/nowhere/blog.db")
        if engine.dialect.name != "sqlite":
            away = engine.url.set(port=1)
        nothing = db.create_engine(away)
    monkeypatch.setitem(db._app_engines[site], None, nothing)
    yield site.test_client()
    nothing.dispose()


@pytest.mark.parametrize("path", ["/", "/auth/login", "/post/a-post"])
def test_without_a_database_every_page_says_so(gone: FlaskClient, path: str) -> None:
    answer = gone.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "<h1" in answer.text
