"""A database on a PostgreSQL server: pg_dump out of an exported snapshot, psql in one transaction.

The dump has the custom format, which pg_restore can list and read in any newer version; it is not
compressed, for the archive is.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL

from bluelog.operations.backup.databases.programs import Programs, address, programs_for
from bluelog.operations.backup.databases.tables import SETTLED, emptying, sums_of
from bluelog.operations.backup.layout import BackupError, Sums
from bluelog.operations.progress import Advance, Progress

if TYPE_CHECKING:
    from psycopg import Connection

_CONNECT_TIMEOUT_SECONDS = 10
_LOCK_TIMEOUT = "-c lock_timeout=30s"
_LONGEST_NAME = 40  # of 63, for what is added
# What belongs to a role or a server that the next machine may not have.
_PLAIN = ("--no-owner", "--no-privileges", "--no-comments", "--no-security-labels")
_PROOF = "_proof_"
# What a rollback could not archive, and moved away within the database.
_SET_ASIDE = "bluelog_set_aside_*"


class NotProvable(BackupError):
    """The copy cannot be restored into scratch here; what could be looked at is as it should be."""


class PostgreSQL:
    kind = "postgresql"

    def __init__(self, url: URL) -> None:
        self.url = url

    def is_empty(self) -> bool:
        with self._connected() as connection:
            return not emptying(connection)

    def is_readable(self) -> bool:
        with self._connected():
            return True

    @contextmanager
    def snapshot(self) -> Iterator["PostgreSQLSnapshot"]:
        with self._moment() as connection:
            yield PostgreSQLSnapshot(connection, self._programs(connection))

    @contextmanager
    def restored(self, copy: Path) -> Iterator["PostgreSQLSnapshot"]:
        with self._connected() as connection:
            programs = self._programs(connection)
            programs.run("pg_restore", "--list", copy)
            if not _may_create_databases(connection):
                raise NotProvable(
                    "The archive is whole and pg_restore can read it, but restoring it could not "
                    f"be tried: the role may not create databases. Let it, as a superuser: "
                    f'ALTER ROLE "{connection.info.user}" CREATEDB'
                )
            with _scratch(connection, self.url) as name:
                into = f"--dbname={programs.address(name)}"
                how = (*_PLAIN, "--exit-on-error", "--single-transaction")
                programs.run("pg_restore", *how, into, copy)
                with self._moment(name) as scratch:
                    yield PostgreSQLSnapshot(scratch, programs)

    def users(self) -> list[str]:
        query = (
            "SELECT pid, coalesce(nullif(application_name, ''), usename::text, '?') "
            "FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY pid"
        )
        with self._connected() as connection:
            return [f"{pid} ({name})" for pid, name in connection.execute(query).fetchall()]

    def replace(self, copy: Path, further: Sequence[str], stage: Path) -> Path | None:
        """The old tables go and the new ones come in one transaction, which psql runs."""
        with self._connected() as connection:
            programs = self._programs(connection)
            before, after, script = stage / "before.sql", stage / "after.sql", stage / "dump.sql"
            before.write_text(_script(emptying(connection)), "utf-8")
        after.write_text(_script([SETTLED, *further]), "utf-8")
        programs.run("pg_restore", *_PLAIN, f"--file={script}", copy)
        how = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        files = [f"--file={path}" for path in (before, script, after)]
        into = f"--dbname={programs.address()}"
        programs.run("psql", *how, *files, into, PGOPTIONS=_LOCK_TIMEOUT)
        return None

    def _programs(self, connection: "Connection[Any]") -> Programs:
        return programs_for(connection.info.server_version // 10000, self.url)

    @contextmanager
    def _connected(self, database: str | None = None) -> Iterator["Connection[Any]"]:
        # An optional package, which is there when DATABASE_URL names such a server.
        import psycopg

        try:
            with psycopg.connect(
                address(self.url, database),
                password=self.url.password,
                autocommit=True,
                connect_timeout=_CONNECT_TIMEOUT_SECONDS,
            ) as connection:
                yield connection
        except psycopg.Error as error:
            raise BackupError(f"The database cannot be read: {str(error).strip()}") from error

    @contextmanager
    def _moment(self, database: str | None = None) -> Iterator["Connection[Any]"]:
        """A connection that sees one moment, with every value written in one way."""
        with self._connected(database) as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.execute(
                "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; "
                "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; "
                "SET LOCAL intervalstyle = 'iso_8601'; SET LOCAL client_encoding = 'UTF8'; "
                "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
            )
            yield connection


class PostgreSQLSnapshot:
    """What one read-only transaction sees."""

    def __init__(self, connection: "Connection[Any]", programs: Programs) -> None:
        self._connection, self._programs = connection, programs
        (self.revision,) = self._row("SELECT version_num FROM alembic_version")

    @property
    def size(self) -> int:
        (size,) = self._row("SELECT pg_database_size(current_database())")
        return int(size)

    def sums(self, progress: Progress) -> Sums:
        return sums_of(self._connection, progress)

    def copy_to(self, path: Path, advance: Advance) -> None:
        path.touch(0o600, exist_ok=False)
        (snapshot,) = self._row("SELECT pg_export_snapshot()")
        told = 0

        def watch() -> None:
            nonlocal told
            size = path.stat().st_size
            advance(size - told)
            told = size

        what = (f"--snapshot={snapshot}", f"--exclude-schema={_SET_ASIDE}")
        how = ("--format=custom", "--compress=0", *what, f"--file={path}")
        into = f"--dbname={self._programs.address()}"
        self._programs.run("pg_dump", *_PLAIN, *how, into, watch=watch)

    def _row(self, query: str) -> Any:
        return self._connection.execute(query.encode()).fetchone()


def _may_create_databases(connection: "Connection[Any]") -> bool:
    query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    return connection.execute(query).fetchone() == (True,)


@contextmanager
def _scratch(connection: "Connection[Any]", url: URL) -> Iterator[str]:
    """An empty database beside the live one, like it, and gone afterwards."""
    prefix = (url.database or "")[:_LONGEST_NAME] + _PROOF
    _drop_leftovers(connection, prefix)
    name = prefix + secrets.token_hex(4)
    query = (
        "SELECT format('CREATE DATABASE %%I TEMPLATE template0 ENCODING %%L LC_COLLATE %%L "
        "LC_CTYPE %%L', %s::text, pg_encoding_to_char(encoding), datcollate, datctype) "
        "FROM pg_database WHERE datname = current_database()"
    )
    _run(connection, connection.execute(query, [name]).fetchone())
    try:
        yield name
    finally:
        _drop(connection, name)


def _drop_leftovers(connection: "Connection[Any]", prefix: str) -> None:
    """Drop what killed runs left; no other is running, for the folder's lock is held."""
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
    for (name,) in connection.execute(query, [prefix]).fetchall():
        _drop(connection, name)


def _drop(connection: "Connection[Any]", name: str) -> None:
    query = "SELECT format('DROP DATABASE IF EXISTS %%I WITH (FORCE)', %s::text)"
    _run(connection, connection.execute(query, [name]).fetchone())


def _run(connection: "Connection[Any]", row: Any) -> None:
    """Run a statement that the server itself has quoted."""
    connection.execute(row[0].encode())


def _script(statements: Sequence[str]) -> str:
    return "".join(f"{statement};\n" for statement in statements)
