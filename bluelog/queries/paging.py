"""Lists page by position: a page is found along an index, however deep it lies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.models.base import UTCDateTime
from bluelog.text.ids import LARGEST_ID

T = TypeVar("T")
# Asks a statement with its values, and makes of the rows what is listed.
Reader = Callable[[Select[Any], Mapping[str, Any]], list[Any]]
END = "end"
# A microsecond past every date there is.
LARGEST_TIME = 60_000_000_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class EmptyPage(NotFound):
    """Nothing is left at that position, where something may have been."""


@dataclass(frozen=True)
class Order:
    """A total order of rows by one or two columns, all in the same direction."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    descending: bool = True

    def position_of(self, row: Any) -> str:
        """The row's place as text for an address: integers, times as microseconds."""
        return ".".join(str(_encode(getattr(row, column.key))) for column in self.columns)

    def parse(self, position: str) -> tuple[Any, ...]:
        """The column values of a position. Raises NotFound for what never was one."""
        parts = position.split(".")
        if len(parts) != len(self.columns):
            raise NotFound(position)
        return tuple(_decode(part, c) for part, c in zip(parts, self.columns, strict=True))


@dataclass(frozen=True)
class Window:
    """Which rows of a list: how many, and from which position on, if not from the start."""

    size: int
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list; `before` and `after` are the positions that neighbours start from."""

    items: Sequence[T]
    before: str | None
    after: str | None

    @property
    def is_whole(self) -> bool:
        return self.before is None and self.after is None

    def of(self, items: Sequence[Any]) -> "Page[Any]":
        """The same page showing other things."""
        return Page(items, self.before, self.after)


def _objects(statement: Select[Any], values: Mapping[str, Any]) -> list[Any]:
    return list(db.session.scalars(statement, values))


def page(
    query: Select[Any],
    order: Order,
    window: Window,
    values: Mapping[str, Any] | None = None,
    *,
    read: Reader = _objects,
) -> Page[Any]:
    """The rows that follow `after`, or precede `before`, in the list's own order.

    `before` may be "end" for the last page. `values` are those of the parameters of a query that
    is made once and asked often: its statements are kept. `read` makes what is listed of a
    statement, where that is no object. Raises NotFound for a position that is none.
    """
    walk = partial(_walk, query, order, values=values, read=read)
    backwards = window.before is not None
    size, start = window.size, window.before if backwards else window.after
    if window.after == END:
        raise NotFound(END)
    found = walk(start, size + 1, backwards=backwards)
    rows = found[:size][::-1] if backwards else found[:size]
    if not rows and start is not None:
        raise EmptyPage
    ends = [order.position_of(rows[0]), order.position_of(rows[-1])] if rows else []
    # The rows beyond the one end were looked at; whether there are any beyond the other was not.
    near = ends[1 if backwards else 0] if rows else None
    behind = start is not None and bool(near and walk(near, 1, backwards=not backwards))
    ahead = len(found) > size
    above, below = (ahead, behind) if backwards else (behind, ahead)
    return Page(rows, ends[0] if above else None, ends[1] if below else None)


def position_of_page(query: Select[Any], order: Order, number: int, size: int) -> str:
    """The position after which the old numbered page began. Raises NotFound past the end."""
    skipped = (number - 1) * size - 1
    ordered = query.order_by(*_sorted(order, backwards=False))
    found = db.session.scalars(ordered.offset(skipped).limit(2)).all()
    if len(found) < 2:  # noqa: PLR2004 - the row before the page, and its first
        raise NotFound("an old page past the end")
    return order.position_of(found[0])


def _walk(
    query: Select[Any],
    order: Order,
    start: str | None,
    limit: int,
    *,
    backwards: bool,
    values: Mapping[str, Any] | None,
    read: Reader,
) -> list[Any]:
    has_start = start is not None and start != END
    place = order.parse(str(start)) if has_start else ()
    there = {f"place_{number}": value for number, value in enumerate(place)}
    make = _walking if values is None else _kept_walking
    statement = make(query, order, limit, has_start, backwards)
    return read(statement, {**(values or {}), **there})


def _walking(
    query: Select[Any],
    order: Order,
    limit: int,
    has_start: bool,  # noqa: FBT001 - part of the key under which a statement is kept
    backwards: bool,  # noqa: FBT001
) -> Select[Any]:
    if has_start:
        query = query.where()
        # First of all: of several bounds on a column, SQLite takes the one it meets first.
        place = _beyond(order, backwards=backwards)
        query._where_criteria = (place, *query._where_criteria)  # noqa: SLF001 - no public way
    return query.order_by(*_sorted(order, backwards=backwards)).limit(limit)


_kept_walking = lru_cache(maxsize=256)(_walking)


def _sorted(order: Order, *, backwards: bool) -> list[ColumnElement[Any]]:
    if order.descending != backwards:
        return [column.desc() for column in order.columns]
    return [column.asc() for column in order.columns]


def _beyond(order: Order, *, backwards: bool) -> ColumnElement[bool]:
    types = [column.type for column in order.columns]
    place = [bindparam(f"place_{n}", type_=kind) for n, kind in enumerate(types)]
    here = tuple_(*order.columns)
    there = tuple_(*place, types=types)
    return here < there if order.descending != backwards else here > there


def _encode(value: Any) -> int:
    return (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else int(value)


def _decode(text: str, column: InstrumentedAttribute[Any]) -> Any:
    digits = text.removeprefix("-")
    is_time = isinstance(column.type, UTCDateTime)
    largest = LARGEST_TIME if is_time else LARGEST_ID
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18 or int(digits) > largest:  # noqa: PLR2004
        raise NotFound(text)
    return _EPOCH + int(text) * _MICROSECOND if is_time else int(text)
