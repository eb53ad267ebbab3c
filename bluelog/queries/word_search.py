"""Search by words in what is listed: no index has them, so a step looks at so many rows only."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, tuple_

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.queries.paging import Order, Page, Window

MOST_SEARCHED = 10_000  # a step looks at no more, and then offers the next


def words_of(text: str) -> tuple[str, ...]:
    """The words that are searched for: a few, without case, width and composition."""
    return tuple(unicodedata.normalize("NFKC", text).casefold().split()[:10])


def has_words(words: tuple[str, ...], *columns: Any) -> ColumnElement[bool]:
    """Whether each of the words is in one of the columns."""
    return and_(*(or_(*(c.icontains(word, autoescape=True) for c in columns)) for word in words))


def search_page(
    query: Select[Any],
    order: Order,
    wanted: ColumnElement[bool],
    window: Window,
    *,
    walked: Select[Any],
) -> Page[Any]:
    """Those that are wanted among the next ten thousand; `after` leads on from there.

    `walked` selects the order's columns of the rows that the search passes. Raises NotFound for a
    walk backwards.
    """
    if window.before is not None:
        raise NotFound("a search is walked in one direction")
    here = tuple_(*order.columns)
    if window.after is not None:
        after = here < _place(order, order.parse(window.after))
        query, walked = query.where(after), walked.where(after)
    newest_first = [column.desc() for column in order.columns]
    query, walked = query.order_by(*newest_first), walked.order_by(*newest_first)
    last = db.session.execute(walked.offset(MOST_SEARCHED - 1).limit(1)).first()
    if last is not None:
        query = query.where(here >= _place(order, tuple(last)))
    rows = list(db.session.scalars(query.where(wanted).limit(window.size + 1)))
    if len(rows) > window.size:
        return Page(rows[: window.size], None, order.position_of(rows[window.size - 1]))
    return Page(rows, None, order.position_of(last) if last is not None else None)


def _place(order: Order, values: tuple[Any, ...]) -> ColumnElement[Any]:
    return tuple_(*values, types=[column.type for column in order.columns])
