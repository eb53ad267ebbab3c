"""The database: whether it answers, and whether what is in it is whole."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, failure, fine, warning
from bluelog.operations.doctor.folders import database_file
from bluelog.operations.doctor.patient import reason

log = logging.getLogger(__name__)

_SHOWN = 5
_CROWDED = 0.8


def look(seconds: float) -> Iterator[Finding]:
    """Ask the database itself whether it is well."""
    if _is_missing():
        words = _l("There is no database at %(path)s.", path=database_file())
        yield failure(words, _l("Make it."), "flask db upgrade")
        return
    try:
        is_sqlite = db.engine.dialect.name == "sqlite"
        yield from _sqlite(seconds) if is_sqlite else _postgresql()
    except DBAPIError as error:
        yield _judge_error(error, seconds)


def of_rows(look: Callable[[float], Iterable[Finding]]) -> Callable[[float], list[Finding]]:
    """The check, left out where there are no tables: the database's own findings say so."""

    def guarded(seconds: float) -> list[Finding]:
        # To ask a file that is missing would make it.
        if not _is_missing():
            try:
                return list(look(seconds))
            except SQLAlchemyError as error:
                log.info("A check had no rows to look at.", exc_info=error)
        return [warning(_l("Not looked at, because the database does not answer this."))]

    return guarded


def _is_missing() -> bool:
    file = database_file()
    return file is not None and not file.exists()


def _judge_error(error: DBAPIError, seconds: float) -> Finding:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        words = _l("The database is too large to look through in %(s)d seconds.", s=seconds)
        return fine(words, _l("Give it more time."), "flask doctor --seconds 600")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(reason(error))
    return failure(
        _l("The database does not answer: %(reason)s", reason=reason(error)),
        _l("See that it runs and that DATABASE_URL is right."),
    )


def damaged(detail: str) -> Finding:
    """The finding for a database that cannot be trusted."""
    return failure(
        _l("The database is damaged: %(detail)s", detail=detail),
        _l("Stop the blog and bring back the last good archive."),
        "flask restore ARCHIVE",
    )


def _sqlite(seconds: float) -> Iterator[Finding]:
    """Look through the pages and the references, and stop in time."""
    with db.engine.connect() as connection, _interrupted(connection, seconds):
        said = connection.execute(text(f"PRAGMA quick_check({_SHOWN})")).scalars().all()
        lost = connection.execute(text("PRAGMA foreign_key_check")).fetchmany(_SHOWN)
    if said != ["ok"]:
        yield damaged("; ".join(map(str, said)))
    elif lost:
        yield damaged(", ".join(f"{row[0]} {row[1]} → {row[2]}" for row in lost))
    else:
        yield fine(_l("The database is whole."))


@contextmanager
def _interrupted(connection: Any, seconds: float) -> Iterator[None]:
    """End what the connection does after that time: a thread left alone would read on."""
    timer = Timer(seconds, connection.connection.dbapi_connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _postgresql() -> Iterator[Finding]:
    with db.engine.connect() as connection:
        version = connection.scalar(text("SHOW server_version"))
        broken = connection.scalars(text(_INVALID_INDEXES)).all()
        used, allowed = connection.execute(text(_CONNECTIONS)).one()
    for name in broken:
        words = _l("The index %(name)s is not valid.", name=name)
        yield warning(words, _l("Build it anew, in psql."), f'REINDEX INDEX CONCURRENTLY "{name}";')
    if used > allowed * _CROWDED:
        words = _l("%(used)d of %(allowed)d connections are taken.", used=used, allowed=allowed)
        yield warning(words, _l("Raise max_connections, or run fewer processes."))
    yield fine(_l("PostgreSQL %(version)s answers.", version=version))


_INVALID_INDEXES = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid LIMIT 5"
_CONNECTIONS = (
    "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity"
    " WHERE backend_type = 'client backend'"
)
