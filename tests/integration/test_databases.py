"""The databases that tests get: what one left behind is not there for the next."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.databases import POSTGRES, Databases

pytestmark = pytest.mark.skipif(not POSTGRES, reason="a file is copied for each test")

Doing = Callable[[psycopg.Connection], Any]


FILLED = """
INSERT INTO category (name, name_key, slug, is_default, post_count)
SELECT n, n, n, false, 0 FROM generate_series(1, 5000) n
"""


def write(connection: psycopg.Connection) -> None:
    connection.execute(FILLED + "LIMIT 1")
    connection.execute("UPDATE alembic_version SET version_num = 'another'")


def everything(url: str) -> dict[str, Any]:
    """Every row there is, and the id that a row would get."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {name: rows(connection, name) for (name,) in tables.fetchall()}
        return found | {"next": connection.execute("SELECT nextval('category_id_seq')").fetchone()}


def rows(connection: psycopg.Connection, table: str) -> list[Any]:
    return connection.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608


def used(databases: Databases, folder: Path, do: Doing) -> str:
    """The address of one to which something was done and which was given back."""
    url = databases.copy(folder)
    with psycopg.connect(url) as connection:
        do(connection)
    databases.drop(url)
    return url


def test_one_that_was_written_to_is_given_out_again_as_it_was_made(
    databases: Databases, tmp_path: Path
) -> None:
    used(databases, tmp_path, lambda connection: connection.execute("CREATE TABLE another ()"))
    made = databases.copy(tmp_path)
    expected = everything(made)
    databases.drop(made)
    assert used(databases, tmp_path, write) == made
    again = databases.copy(tmp_path)
    assert again == made
    assert everything(again) == expected
    databases.drop(again)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE another ()",
        "ALTER TABLE category ADD COLUMN more text",
        "ALTER TABLE category ALTER COLUMN name DROP NOT NULL",
        "DROP INDEX ix_post_search_grams",
        "ALTER TABLE category RENAME TO kind",
        "CREATE SCHEMA beside",
        "ANALYZE category",
        FILLED,
    ],
)
def test_one_of_which_more_was_changed_is_not(
    databases: Databases, tmp_path: Path, change: str
) -> None:
    url = used(databases, tmp_path, lambda connection: connection.execute(change))
    following = databases.copy(tmp_path)
    assert following != url
    databases.drop(following)
