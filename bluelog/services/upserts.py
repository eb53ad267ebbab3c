"""Statements that settle with a row that is there already, atomically on both databases."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from bluelog.extensions import db


def insert(model: type[Any]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT with `on_conflict_do_nothing()` and `on_conflict_do_update()`."""
    if db.engine.dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)
