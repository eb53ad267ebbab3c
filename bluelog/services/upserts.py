"""Statements that settle with a row that is there already, atomically on both databases."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bluelog.extensions import db

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert(model: type[Any]) -> "postgresql.Insert | sqlite.Insert":
    """An INSERT with `on_conflict_do_nothing()` and `on_conflict_do_update()`."""
    # That of the other database is 2 MB of code.
    dialect: Any = import_module(f"sqlalchemy.dialects.{db.engine.dialect.name}")
    made: postgresql.Insert | sqlite.Insert = dialect.insert(model)
    return made
