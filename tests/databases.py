"""Databases for the tests: copies of one migrated template, on SQLite or PostgreSQL."""

import os
import shutil
import uuid
from pathlib import Path

import psycopg
from psycopg import sql

# The server to test on instead of SQLite, as a URL of a superuser.
POSTGRES = os.environ.get("BLUELOG_TEST_POSTGRES", "")

# What a table that was never looked at counts as to PostgreSQL's planner.
_PAGES = 10
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
# Every row of the catalogue that says what the database is made of, and what was measured of it.
_SHAPE = """
WITH space AS (SELECT oid FROM pg_namespace WHERE nspname = 'public'),
here AS (SELECT * FROM pg_class WHERE relnamespace IN (SELECT oid FROM space)),
tables AS (SELECT oid FROM here WHERE relkind = 'r'),
lines AS (
  SELECT concat_ws(' ', oid, relname, relfilenode, relpages, reltuples) AS line FROM here
  UNION ALL SELECT concat_ws(' ', attrelid, attnum, attname, xmin) FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM tables)
  UNION ALL SELECT concat_ws(' ', oid, conname, xmin) FROM pg_constraint
    WHERE connamespace IN (SELECT oid FROM space)
  UNION ALL SELECT concat_ws(' ', oid, tgname, xmin) FROM pg_trigger
    WHERE tgrelid IN (SELECT oid FROM tables)
  UNION ALL SELECT concat_ws(' ', oid, proname, xmin) FROM pg_proc
    WHERE pronamespace IN (SELECT oid FROM space)
  UNION ALL SELECT concat_ws(' ', oid, nspname, xmin) FROM pg_namespace WHERE nspname !~ '^pg_'
  UNION ALL SELECT concat_ws(' ', setrole, setconfig) FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
  UNION ALL SELECT concat_ws(' ', oid, 'is large') FROM tables
    WHERE pg_relation_size(oid) > %s * current_setting('block_size')::int
)
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM lines
"""


class Files:
    """SQLite: a file is as good as its copy."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / f"bluelog_template_{uuid.uuid4().hex[:12]}.db"
        self.template_url = f"sqlite:///{self._template}"

    def copy(self, folder: Path) -> str:
        path = folder / f"bluelog_{uuid.uuid4().hex[:12]}.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"

    def empty(self, folder: Path) -> str:
        """One without a table."""
        return f"sqlite:///{folder}/bluelog_{uuid.uuid4().hex[:12]}.db"

    def drop(self, url: str) -> None:
        """Leave the file to whoever made its folder."""

    def close(self) -> None:
        """Nothing is held."""


class Server:
    """PostgreSQL: a database that was used is emptied for the next, in a tenth of the time that
    making one takes; made anew is one of which more than the rows was changed.
    """

    def __init__(self) -> None:
        self._base = POSTGRES.rpartition("/")[0]
        self._server = psycopg.connect(POSTGRES, autocommit=True)
        self._template = f"bluelog_template_{uuid.uuid4().hex[:12]}"
        self._run("CREATE DATABASE {}", self._template)
        self.template_url = f"{self._base}/{self._template}"
        self._shapes: dict[str, str] = {}
        self._free: list[str] = []
        self._emptying: sql.Composed | None = None

    def copy(self, _: Path) -> str:
        if self._free:
            return self._free.pop()
        if self._emptying is None:
            self._emptying = self._statements()
        url = self._made(self._template)
        with psycopg.connect(url) as connection:
            self._shapes[url] = _shape(connection)
        return url

    def empty(self, _: Path) -> str:
        """One without a table."""
        return self._made("template1")

    def drop(self, url: str) -> None:
        """Empty it; nobody else has a hold of it any more."""
        name = url.rpartition("/")[2]
        self._server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
        if self._emptied(url):
            self._free.append(url)
        else:
            self._shapes.pop(url, None)
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def close(self) -> None:
        for url in [*self._shapes, self.template_url]:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", url.rpartition("/")[2])
        self._server.close()

    def _made(self, template: str) -> str:
        name = f"bluelog_{uuid.uuid4().hex[:12]}"
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return f"{self._base}/{name}"

    def _emptied(self, url: str) -> bool:
        if url not in self._shapes:
            return False
        try:
            connection = psycopg.connect(url)
        except psycopg.OperationalError:
            # A test of restoring may have taken it away.
            return False
        with connection:
            if _shape(connection) != self._shapes[url]:
                return False
            connection.execute(self._emptying)
        return True

    def _statements(self) -> sql.Composed:
        """What makes a database of the template's shape hold the template's rows again."""
        done = [sql.SQL("SET session_replication_role = replica")]
        with psycopg.connect(self.template_url) as connection:
            for (table,) in connection.execute(_TABLES).fetchall():
                named = sql.Identifier(table)
                done.append(sql.SQL("DELETE FROM {}").format(named))
                rows = sql.SQL("SELECT json_agg(t)::text FROM {} t").format(named)
                if (kept := connection.execute(rows).fetchone()[0]) is not None:
                    again = "INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, {1})"
                    done.append(sql.SQL(again).format(named, sql.Literal(kept)))
            for (sequence,) in connection.execute(_SEQUENCES).fetchall():
                state = sql.SQL("SELECT last_value, is_called FROM {}").format(
                    sql.Identifier(sequence)
                )
                at = connection.execute(state).fetchone()
                done.append(sql.SQL("SELECT setval({}, {}, {})").format(sequence, *at))
        return sql.SQL("; ").join(done)

    def _run(self, statement: str, *names: str) -> None:
        self._server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _shape(connection: psycopg.Connection) -> str:
    return connection.execute(_SHAPE, [_PAGES]).fetchone()[0]


Databases = Files | Server


def of_the_run(folder: Path) -> Databases:
    """Where this run's databases are made; its template is still without a table."""
    return Server() if POSTGRES else Files(folder)
