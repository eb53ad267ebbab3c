"""Counts of what cannot be counted at leisure: none goes through more rows than are shown of it."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from bluelog.extensions import db

# More than these are shown as "1000+".
MOST_COUNTED = 1000


def count(rows: Select[Any]) -> int:
    """How many rows there are, or one more than is counted."""
    return db.session.scalar(select(func.count()).select_from(_bounded(rows))) or 0


def counts(names: Iterable[str], rows: Callable[[str], Select[Any]]) -> dict[str, int]:
    """The same of the rows of each name, where there are any, by one statement."""
    each = [
        select(literal(name).label("name"), func.count().label("found")).select_from(
            _bounded(rows(name))
        )
        for name in names
    ]
    return {row.name: row.found for row in db.session.execute(union_all(*each)) if row.found}


def _bounded(rows: Select[Any]) -> Any:
    return rows.limit(MOST_COUNTED + 1).subquery()
