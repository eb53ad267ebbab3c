"""What was counted of readers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, load_only

from bluelog.extensions import db
from bluelog.models import (
    EVER,
    PUBLIC_STATUSES,
    Post,
    PostAuthor,
    PostKind,
    PostRead,
    PostReadTotal,
    ReadLog,
    Redirect,
    SiteRead,
    User,
)
from bluelog.queries.portions import in_portions
from bluelog.text.urls import post_path

YEAR = 365  # days
MOST_SITES_SHOWN = 20
MOST_POSTS_SHOWN = 10
_SHOWN = (
    *(Post.id, Post.title, Post.slug, Post.parent_slug, Post.kind, Post.language),
    *(Post.status, Post.published_at),
)
_Place = tuple[str, str, str]


@dataclass(frozen=True)
class Counted:
    """Reads of a year by day, and of its last days by where readers came from, the most first."""

    year: dict[date, int]
    sources: Sequence[tuple[str, int]]

    def last(self, days: int) -> list[tuple[date, int]]:
        """The last days of it with their reads, today the last of all."""
        return list(self.year.items())[-days:]

    def total(self, days: int) -> int:
        """How many reads the last days had."""
        return sum(count for _, count in self.last(days))


def posts_at(paths: Iterable[str]) -> dict[str, Any]:
    """The public posts and pages that answer at these paths, or did until they moved."""
    wanted = {path: place for path in paths if (place := _place(path))}
    found = _posts(set(wanted.values()))
    posts = {path: found[place] for path, place in wanted.items() if place in found}
    moved = _targets(sorted(wanted.keys() - posts.keys()))
    led = {path: place for path, target in moved.items() if (place := _place(target))}
    found = _posts(set(led.values()))
    return posts | {path: found[place] for path, place in led.items() if place in found}


def post_read_by_many(user: User, post_id: int) -> Post | None:
    """The post of whose readers the user may know: editors of all, writers of their own."""
    query = select(Post).where(Post.id == post_id).options(load_only(*_SHOWN, raiseload=True))
    if not user.may_edit_everything:
        own = select(PostAuthor.post_id).where(
            PostAuthor.post_id == Post.id, PostAuthor.user_id == user.id
        )
        query = query.where(own.exists())
    return db.session.scalar(query)


def totals(post_ids: Iterable[int]) -> dict[int, int]:
    """How often each was read, ever; those that never were are left out."""
    ids = list(post_ids)
    rows = select(PostReadTotal.post_id, PostReadTotal.count).where(
        # No period is less. Equal to it, SQLite would go through those of all posts.
        PostReadTotal.post_id.in_(ids),
        PostReadTotal.period <= EVER,
    )
    return dict(db.session.execute(rows).all()) if ids else {}


def of_post(post_id: int, today: date, days: int) -> Counted:
    """The reads of a post; where readers came from in the last days, today's among them."""
    return _counted(PostRead, today, days, PostRead.post_id == post_id)


def of_site(today: date, days: int) -> Counted:
    """The same of all posts together."""
    return _counted(SiteRead, today, days)


def most_read(period: str) -> list[tuple[Post, int]]:
    """The posts read most in a month such as "2026-03", or ever, with their counts."""
    most = select(PostReadTotal).where(PostReadTotal.period == period)
    ordered = most.order_by(PostReadTotal.count.desc(), PostReadTotal.post_id.desc())
    rows = db.session.scalars(ordered.limit(MOST_POSTS_SHOWN)).all()
    posts = select(Post).where(Post.id.in_([row.post_id for row in rows]))
    found = {p.id: p for p in db.session.scalars(posts.options(load_only(*_SHOWN, raiseload=True)))}
    return [(found[row.post_id], row.count) for row in rows if row.post_id in found]


def last_counted_at() -> datetime | None:
    """When a line of the access log was last counted."""
    return db.session.scalar(select(func.max(ReadLog.seen_at)))


def _counted(model: Any, today: date, days: int, *which: ColumnElement[bool]) -> Counted:
    by_day = dict.fromkeys((today - timedelta(days=n) for n in reversed(range(YEAR))), 0)
    some = _since(model, today, YEAR, which)
    by_day.update((day, count) for day, count in db.session.execute(_sums(model.day, model, some)))
    some = _since(model, today, days, which)
    sources = _sums(model.source, model, some).order_by(func.sum(model.count).desc(), model.source)
    rows = db.session.execute(sources.limit(MOST_SITES_SHOWN))
    return Counted(by_day, [(source, count) for source, count in rows])


def _since(
    model: Any, today: date, days: int, which: tuple[ColumnElement[bool], ...]
) -> tuple[ColumnElement[bool], ...]:
    return (*which, model.day > today - timedelta(days=days), model.day <= today)


def _sums(
    column: InstrumentedAttribute[Any], model: Any, some: tuple[ColumnElement[bool], ...]
) -> Select[Any]:
    return select(column, func.sum(model.count)).where(*some).group_by(column)


def _place(path: str) -> _Place | None:
    """Kind and slug of what a reader's address may name, with its path."""
    match path.split("/")[1:]:
        case ["post", slug] if slug:
            return PostKind.POST, slug, path
        case [slug] | [_, slug] if slug:
            return PostKind.PAGE, slug, path
    return None


def _posts(places: set[_Place]) -> dict[_Place, Any]:
    found: dict[_Place, Any] = {}
    for kind in PostKind:
        slugs = sorted({slug for of, slug, _path in places if of == kind})
        for some in in_portions(slugs):
            columns: tuple[Any, ...] = (Post.id, Post.kind, Post.slug, Post.parent_slug)
            rows = select(*columns, Post.published_at).where(
                Post.kind == kind,
                Post.slug.in_(some),
                Post.status.in_(PUBLIC_STATUSES),
            )
            for row in db.session.execute(rows):
                path = post_path(row.kind, row.slug, row.parent_slug)
                found[row.kind, row.slug, path] = row
    return found


def _targets(paths: Sequence[str]) -> dict[str, str]:
    rows: dict[str, str] = {}
    for some in in_portions(paths):
        query = select(Redirect.path, Redirect.target).where(Redirect.path.in_(some))
        rows |= {row.path: row.target for row in db.session.execute(query)}
    return rows
