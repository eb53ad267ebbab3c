"""What stands beside a post on its page."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, literal, select, union_all

from bluelog.models import Post, PostRelation
from bluelog.queries.posts import is_shown
from bluelog.queries.rows import rows

MOST_RELATED = 4


def translations_of(post: Post, now: datetime) -> list[Any]:
    """What a link to each public translation of a post or page shows, the original among them."""
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
    shown = [row for row in found if row.id != post.id and is_shown(row, now)]
    return sorted(shown, key=lambda row: (row.language, row.slug))


@cache
def _translations() -> Select[Any]:
    return select(union_all(*_same()).subquery())


@cache
def _beside() -> Select[Any]:
    related = select(*_shown(), PostRelation.score).join(
        PostRelation, PostRelation.related_id == Post.id
    )
    of_post = related.where(PostRelation.post_id == bindparam("post_id"))
    same = [one.add_columns(literal(None, PostRelation.score.type)) for one in _same()]
    return select(union_all(of_post, *same).subquery())


def _same() -> list[Select[Any]]:
    root: Any = bindparam("root")
    return [select(*_shown()).where(one == root) for one in (Post.id, Post.translation_of)]


def _shown() -> tuple[Any, ...]:
    return (
        *(Post.id, Post.kind, Post.slug, Post.parent_slug, Post.title, Post.language),
        *(Post.status, Post.published_at),
    )
