"""Posts that may have to do with one: what the worker asks for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from bluelog.extensions import db
from bluelog.models import Post, PostKind, PostRelation, PostTag, RelationDue, Tag
from bluelog.models.base import UTCDateTime
from bluelog.queries.portions import in_portions
from bluelog.queries.posts import is_shown, public_posts
from bluelog.queries.rows import rows
from bluelog.text.related import Subject

# Of each tag its newest posts, however many there are.
MOST_OF_A_TAG = 50


def next_due() -> Any | None:
    """The post that changed last of those that wait: what waits since an import waits longer."""
    return rows(_due()).first()


def subjects(post_ids: Collection[int], now: datetime) -> dict[int, Subject]:
    """What is known of those that are public posts now."""
    ids = sorted(post_ids)
    tags = tags_of(ids)
    found = [row for some in in_portions(ids) for row in rows(_facts(), {"ids": list(some)})]
    return {
        row.id: Subject(
            row.id, row.translation_of or row.id, row.language, row.category_id, tags[row.id]
        )
        for row in found
        if row.kind == PostKind.POST and is_shown(row, now)
    }


def tags_of(post_ids: Sequence[int]) -> defaultdict[int, frozenset[int]]:
    """The ids of the tags of each post."""
    found: defaultdict[int, frozenset[int]] = defaultdict(frozenset)
    for some in in_portions(post_ids):
        for row in rows(_taggings(), {"ids": list(some)}):
            found[row.post_id] |= {row.tag_id}
    return found


def newest_ids(now: datetime, most: int) -> set[int]:
    """The newest public posts."""
    newest = public_posts(now).with_only_columns(Post.id)
    ordered = newest.order_by(Post.published_at.desc(), Post.id.desc())
    return set(db.session.scalars(ordered.limit(most)))


def newest_with(tag_ids: Iterable[int], now: datetime) -> set[int]:
    """The newest public posts of each of the tags."""
    values = {"now": now, "most": MOST_OF_A_TAG}
    return {row.post_id for tag in tag_ids for row in rows(_tagged(), {**values, "tag_id": tag})}


def post_counts(tag_ids: Iterable[int]) -> dict[int, int]:
    """How many posts each of the tags has, as it is kept."""
    counted = select(Tag.id, Tag.post_count).where(Tag.id.in_(sorted(tag_ids)))
    return {row.id: row.post_count for row in db.session.execute(counted)}


def known_relatives(post_id: int) -> set[int]:
    """What was related to the post before, and what it was related to."""
    there = select(PostRelation.related_id).where(PostRelation.post_id == post_id)
    back = select(PostRelation.post_id).where(PostRelation.related_id == post_id)
    return {*db.session.scalars(there), *db.session.scalars(back)}


@cache
def _due() -> Select[Any]:
    newest = (RelationDue.since.desc(), RelationDue.post_id.desc())
    columns: tuple[Any, ...] = (RelationDue.post_id, RelationDue.since)
    return select(*columns).order_by(*newest).limit(1)


@cache
def _facts() -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Post.id, Post.kind, Post.status, Post.published_at),
        *(Post.translation_of, Post.language, Post.category_id),
    )
    return select(*columns).where(Post.id.in_(bindparam("ids", expanding=True)))


@cache
def _taggings() -> Select[Any]:
    columns: tuple[Any, ...] = (PostTag.post_id, PostTag.tag_id)
    return select(*columns).where(PostTag.post_id.in_(bindparam("ids", expanding=True)))


@cache
def _tagged() -> Select[Any]:
    columns: tuple[Any, ...] = (PostTag.post_id,)
    tagged = select(*columns).where(PostTag.tag_id == bindparam("tag_id"))
    public = tagged.where(PostTag.public_at <= bindparam("now", type_=UTCDateTime))
    newest = public.order_by(PostTag.public_at.desc(), PostTag.post_id.desc())
    return newest.limit(bindparam("most"))
