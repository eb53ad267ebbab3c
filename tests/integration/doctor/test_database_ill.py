"""A database that is missing, damaged, behind or locked is told as that."""

import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bluelog.extensions import db
from bluelog.operations.doctor import Level, database
from bluelog.operations.doctor.folders import database_file
from tests.databases import POSTGRES
from tests.integration.doctor.steps import found_by, levels
from tests.making import make_comment, make_post

sqlite_only = pytest.mark.skipif(bool(POSTGRES), reason="about the file of SQLite")


def file() -> Path:
    found = database_file()
    assert found is not None
    return found


def close() -> None:
    db.session.remove()
    db.engine.dispose()


def test_a_database_that_is_well_is_whole_and_at_its_version(context: Flask) -> None:
    assert levels("database") == [Level.FINE]
    assert levels("migrations") == [Level.FINE]


def test_a_migration_that_was_not_run_is_told_with_its_command(context: Flask) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    (found,) = found_by("migrations")
    assert found.level is Level.FAILURE
    db.session.execute(text("DELETE FROM alembic_version"))
    db.session.commit()
    (found,) = found_by("migrations")
    assert (found.level, found.command) == (Level.FAILURE, "flask db upgrade")


def test_without_tables_nothing_else_is_said_of_their_rows(context: Flask) -> None:
    db.session.execute(text("ALTER TABLE counter RENAME TO gone"))
    db.session.execute(text("ALTER TABLE outgoing_mail RENAME TO gone_too"))
    db.session.commit()
    assert levels("worker") == [Level.WARNING]
    assert levels("mail-queue") == [Level.WARNING]


@sqlite_only
def test_a_missing_file_is_told_and_not_made(context: Flask) -> None:
    close()
    file().unlink()
    (found,) = found_by("database")
    assert (found.level, found.command) == (Level.FAILURE, "flask db upgrade")
    for name in ("migrations", "worker", "mail-queue", "clock"):
        assert levels(name) == [Level.WARNING]
    assert not file().exists()


@sqlite_only
def test_rows_that_point_nowhere_are_damage(context: Flask, cast: object) -> None:
    make_comment(make_post(cast.alice))  # type: ignore[attr-defined]
    close()
    with sqlite3.connect(file()) as raw:
        raw.execute("DELETE FROM post")
    raw.close()
    (found,) = found_by("database")
    assert found.level is Level.FAILURE
    assert "comment" in str(found.words)
    assert found.command.startswith("flask restore")


@sqlite_only
@pytest.mark.parametrize("at", [0, 9000], ids=["its head", "its pages"])
def test_overwritten_bytes_are_damage(context: Flask, at: int) -> None:
    db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    close()
    with file().open("r+b") as raw:
        raw.seek(at)
        raw.write(b"\x55" * 30_000)
    (found,) = found_by("database")
    assert found.level is Level.FAILURE
    assert "flask restore" in found.command


@sqlite_only
def test_a_database_too_large_for_the_time_is_not_called_ill(context: Flask) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    )
    with (
        db.engine.connect() as connection,
        database._interrupted(connection, 0.2),
        pytest.raises(OperationalError, match="interrupted") as stopped,
    ):
        connection.execute(text(endless))
    found = database._judge_error(stopped.value, 0.2)
    assert (found.level, found.command) == (Level.FINE, "flask doctor --seconds 600")


@sqlite_only
def test_a_database_that_another_keeps_for_itself_does_not_answer(context: Flask) -> None:
    close()
    other = sqlite3.connect(file(), isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert max(levels("database", seconds=8.0)) is Level.FAILURE
    finally:
        other.close()
