"""Series and their parts. A series is bounded, so that what is asked of it stays flat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, exists, func, select

from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, Post, Series
from bluelog.queries.moments import NOW
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.posts import CARD, Card, cards, is_shown
from bluelog.queries.rows import rows

MOST_PARTS = 200
MOST_SERIES = 2000
MOST_OFFERED = 100
IN_ORDER = Order((Post.part, Post.id), descending=False)
NEWEST_FIRST = Order((Series.id,))
# The status behind a function: SQLite would else walk along all posts in its order.
_PUBLIC = (func.coalesce(Post.status, "").in_(PUBLIC_STATUSES), Post.published_at <= NOW)


@dataclass(frozen=True)
class Place:
    """Where a post stands among the public parts of its series."""

    name: str
    slug: str
    number: int
    count: int
    former: Any | None
    following: Any | None


def series_by_slug(slug: str) -> Series | None:
    return db.session.scalar(select(Series).where(Series.slug == slug))


def series_by_id(series_id: int) -> Series | None:
    return db.session.get(Series, series_id)


def series_of(post: Post) -> Series | None:
    return db.session.get(Series, post.series_id) if post.series_id else None


def place_of(post: Post, now: datetime) -> Place | None:
    """The place of a public post in its series; None where it is in none, or alone there."""
    if post.series_id is None:
        return None
    parts = _public_parts(post.series_id, now)
    here = next(number for number, part in enumerate(parts) if part.id == post.id)
    if len(parts) == 1:
        return None
    former = parts[here - 1] if here else None
    following = parts[here + 1] if here + 1 < len(parts) else None
    of = parts[here]
    return Place(of.series_name, of.series_slug, here + 1, len(parts), former, following)


def public_count(series: Series, now: datetime) -> int:
    """How many of its parts are public."""
    return len(_public_parts(series.id, now))


def series_page(series: Series, now: datetime, window: Window) -> Page[Card]:
    """Some of the public parts, in their order."""
    return cards(page(_cards(), IN_ORDER, window, {"now": now, "series_id": series.id}))


def newest_parts(series: Series, now: datetime, size: int) -> Page[Card]:
    """The parts that became public last, the newest first."""
    values = {"now": now, "series_id": series.id, "size": size}
    return cards(Page(db.session.scalars(_newest_cards(), values).all(), None, None))


def public_slugs(now: datetime) -> list[str]:
    """The addresses of the series that have something public."""
    found = rows(_public_series().limit(MOST_SERIES), {"now": now})
    return sorted(row.slug for row in found)


def newest_public(now: datetime, most: int) -> list[Any]:
    """The series made last of which something is public: names and slugs."""
    return list(rows(_newest_public(), {"now": now, "most": most}))


def managed_page(window: Window) -> Page[Series]:
    """Some of all series, the newest first."""
    return page(select(Series), NEWEST_FIRST, window)


def part_counts(listed: Sequence[Series]) -> dict[int, int]:
    """How many posts each of them has, public or not."""
    ids = [series.id for series in listed]
    counted = select(Post.series_id, func.count()).where(Post.series_id.in_(ids))
    found = db.session.execute(counted.group_by(Post.series_id)) if ids else ()
    return {int(series_id or 0): count for series_id, count in found}


def all_parts(series: Series) -> Sequence[Any]:
    """What the dashboard shows of every part."""
    columns = (Post.id, Post.title, Post.language, Post.status, Post.part)
    parts = select(*columns).where(Post.series_id == series.id)
    return db.session.execute(parts.order_by(Post.part, Post.id)).all()


def newest_names() -> list[str]:
    """The names of the newest series, for one to be chosen."""
    newest = select(Series.name).order_by(Series.id.desc()).limit(MOST_OFFERED)
    return list(db.session.scalars(newest))


def _public_parts(series_id: int, now: datetime) -> list[Any]:
    found = rows(_parts(), {"series_id": series_id})
    return [part for part in found if is_shown(part, now)]


@cache
def _parts() -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Post.id, Post.kind, Post.slug, Post.title, Post.language, Post.status),
        *(Post.published_at, Series.name.label("series_name"), Series.slug.label("series_slug")),
    )
    joined = select(*columns).join(Series, Series.id == Post.series_id)
    return joined.where(Post.series_id == bindparam("series_id")).order_by(Post.part, Post.id)


@cache
def _cards() -> Select[Post]:
    parts = select(Post).where(Post.series_id == bindparam("series_id"), *_PUBLIC)
    return parts.options(*CARD)


@cache
def _newest_cards() -> Select[Post]:
    # Sorted, for there are few; in the order of an index, all posts would be walked along.
    since = func.coalesce(Post.published_at, Post.created_at)
    newest = _cards().order_by(since.desc(), Post.id.desc())
    return newest.limit(bindparam("size", type_=Integer))


@cache
def _newest_public() -> Select[Any]:
    columns: tuple[Any, ...] = (Series.name, Series.slug)
    part = select(Post.id).where(Post.series_id == Series.id, *_PUBLIC).limit(1)
    # Looked for in one series after the other: PostgreSQL would join all parts of all for EXISTS.
    public = select(*columns).where(part.scalar_subquery().is_not(None))
    return public.order_by(Series.id.desc()).limit(bindparam("most", type_=Integer))


@cache
def _public_series() -> Select[Any]:
    columns: tuple[Any, ...] = (Series.slug,)
    has_parts = exists().where(Post.series_id == Series.id, *_PUBLIC)
    return select(*columns).where(has_parts)
