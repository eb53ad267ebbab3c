"""What stands beside a post on its page."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, literal, select, tuple_, union_all

from bluelog.models import Post, PostKind, PostRelation
from bluelog.queries.moments import NOW
from bluelog.queries.posts import LINKED, NEWEST_FIRST, is_public, is_shown
from bluelog.queries.rows import rows

MOST_RELATED = 4


def neighbours(post: Post, now: datetime) -> tuple[Any | None, Any | None]:
    """What a link to the public posts just older and just newer than a public one shows."""
    here = {"published_at": post.published_at, "post_id": post.id}
    by_side = {row.side: row for row in rows(_neighbours(), {"now": now, **here})}
    return by_side.get("older"), by_side.get("newer")


def translations_of(post: Post, now: datetime) -> list[Any]:
    """What a link to each public translation of a post or page shows, the original among them.

    There is one a language: what came back from the trash may speak as another does by now.
    """
    found = rows(_translations(), {"root": post.translation_of or post.id})
    return _sorted(post, found, now)


def translations_and_related(post: Post, now: datetime) -> tuple[list[Any], list[Any]]:
    """The same, and what a link to each public relative of a post shows, the closest first."""
    values = {"root": post.translation_of or post.id, "post_id": post.id}
    found = rows(_beside(), values).all()
    related = [row for row in found if row.score is not None and is_shown(row, now)]
    related.sort(key=lambda row: (-row.score, -row.id))
    return _sorted(post, (row for row in found if row.score is None), now), related


def without(related: list[Any], told: Collection[Any]) -> list[Any]:
    """The closest of them but for those that the page links to anyway."""
    slugs = {other.slug for other in told if other}
    return [row for row in related if row.slug not in slugs][:MOST_RELATED]


def _sorted(post: Post, found: Any, now: datetime) -> list[Any]:
    shown = [row for row in found if row.language != post.language and is_shown(row, now)]
    original_first = sorted(shown, key=lambda row: (row.id != post.translation_of, row.id))
    by_language = {row.language: row for row in reversed(original_first)}
    return sorted(by_language.values(), key=lambda row: (row.language, row.slug))


@cache
def _translations() -> Select[Any]:
    return select(union_all(*_same()).subquery())


@cache
def _beside() -> Select[Any]:
    related = select(*LINKED, PostRelation.score).join(
        PostRelation, PostRelation.related_id == Post.id
    )
    of_post = related.where(PostRelation.post_id == bindparam("post_id"))
    same = [one.add_columns(literal(None, PostRelation.score.type)) for one in _same()]
    return select(union_all(of_post, *same).subquery())


def _same() -> list[Select[Any]]:
    root: Any = bindparam("root")
    return [select(*LINKED).where(one == root) for one in (Post.id, Post.translation_of)]


@cache
def _neighbours() -> Select[Any]:
    columns = NEWEST_FIRST.columns
    types = [column.type for column in columns]
    names = ("published_at", "post_id")
    place = [bindparam(name, type_=kind) for name, kind in zip(names, types, strict=True)]
    here, there = tuple_(*columns), tuple_(*place, types=types)
    older = _link("older", here < there).order_by(*(c.desc() for c in columns))
    newer = _link("newer", here > there).order_by(*columns)
    sides = [select(side.limit(1).subquery()) for side in (older, newer)]
    return select(union_all(*sides).subquery())


def _link(side: str, beyond: ColumnElement[bool]) -> Select[Any]:
    columns: tuple[Any, ...] = (Post.kind, Post.slug, Post.title, Post.language)
    shown = select(*columns, literal(side).label("side"))
    # The place comes first: of several bounds on a column, SQLite takes the one it meets first.
    return shown.where(beyond, Post.kind == PostKind.POST, is_public(NOW))
