"""Columns without objects around them, for pages that are made often and only show."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Select

from bluelog.extensions import db


def rows(
    statement: Select[*tuple[Any, ...]], values: Mapping[str, Any] | None = None
) -> CursorResult[Any]:
    """The rows, straight from the session's connection.

    It costs about half of the way through the session, which would look for objects to fill. What
    the session has not flushed yet is not seen.
    """
    return db.session.connection().execute(statement, values)
