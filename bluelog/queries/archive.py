"""Public posts by when they were published."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, cast, literal, null, select, union_all

from bluelog.models import ArchiveMonth, Post, PostKind, User
from bluelog.models.base import UTCDateTime
from bluelog.queries.names import Name
from bluelog.queries.paging import Page, Window, page
from bluelog.queries.people import public_writers
from bluelog.queries.posts import CARD, NEWEST_FIRST, Card, cards, due_scheduled, is_public
from bluelog.queries.rows import rows
from bluelog.text.months import Span, month_of

MOST_AUTHORS = 500


class Month(NamedTuple):
    """A month and how many posts are public of it."""

    year: int
    month: int
    posts: int


def months(now: datetime, zone: ZoneInfo) -> list[Month]:
    """The months with public posts, newest first: the kept counts, and those due that the worker
    has yet to count.
    """
    counts: dict[tuple[int, int], int] = {}
    for row in rows(_months(), {"now": now}):
        key = (row.year, row.month) if row.year else month_of(row.published_at, zone)
        counts[key] = counts.get(key, 0) + row.post_count
    return [Month(*key, counts[key]) for key in sorted(counts, reverse=True) if counts[key] > 0]


@cache
def _months() -> Select[Any]:
    kept = select(
        ArchiveMonth.year,
        ArchiveMonth.month,
        ArchiveMonth.post_count,
        cast(null(), UTCDateTime).label("published_at"),
    )
    due: Any = due_scheduled(bindparam("now", type_=UTCDateTime))
    one = due.where(Post.kind == PostKind.POST).with_only_columns(
        null(), null(), literal(1), Post.published_at
    )
    return select(union_all(kept, one).subquery())


def span_page(span: Span, now: datetime, window: Window) -> Page[Card]:
    """Some of the public posts of a span of time, newest first."""
    values = {"now": now, "start": span.start, "end": span.end}
    return cards(page(_public_cards(), NEWEST_FIRST, window, values))


@cache
def _public_cards() -> Select[Post]:
    start, end, now = (bindparam(name, type_=UTCDateTime) for name in ("start", "end", "now"))
    # First of all: of several bounds on a column, SQLite takes the one it meets first.
    within = select(Post).where(Post.published_at < end, Post.published_at >= start)
    return within.where(Post.kind == PostKind.POST, is_public(now)).options(*CARD)


def authors(now: datetime) -> Sequence[Name]:
    """Who writes here and has something public, by name; of very many, some."""
    columns: tuple[Any, ...] = (User.id, User.name, User.username)
    found = rows(select(*columns).where(public_writers(now)).limit(MOST_AUTHORS))
    by_name = sorted(found, key=lambda row: (row.name or "", row.id))
    return [Name(row.id, row.name, row.username) for row in by_name]
