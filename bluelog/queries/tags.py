"""Tags, and the posts that have them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import aliased, joinedload

from bluelog.extensions import db
from bluelog.models import Post, PostTag, Tag
from bluelog.models.base import UTCDateTime
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.posts import CARD, Card, cards, due_scheduled
from bluelog.queries.rows import rows
from bluelog.queries.word_search import search_page
from bluelog.text.keys import name_key

MOST_USED_FIRST = Order((Tag.post_count, Tag.id))
_NEWEST_FIRST = Order((PostTag.public_at, PostTag.post_id))
_LAST_EDITED_FIRST = Order((PostTag.edited_at, PostTag.post_id))
# As many as a writer is offered while typing.
MOST_OFFERED = 150


class TagName(NamedTuple):
    """A tag as pages name it."""

    name: str
    slug: str


def tag(tag_id: int) -> Tag | None:
    return db.session.get(Tag, tag_id)


def tag_by_slug(slug: str, now: datetime) -> tuple[Tag, int] | None:
    """The tag at that address, and how many of its posts are public; None where none is, for what
    drafts alone are about is nobody's business.
    """
    values = {"slug": slug, "now": now}
    found = db.session.execute(_tag_with_due(), values).one_or_none()
    count = found[0].post_count + found.due if found else 0
    return (found[0], count) if found and count else None


@cache
def _tag_with_due() -> Select[Any]:
    due: Any = due_scheduled(bindparam("now", type_=UTCDateTime))
    its = due.join(PostTag, PostTag.post_id == Post.id).where(PostTag.tag_id == Tag.id)
    count = its.with_only_columns(func.count()).correlate(Tag).scalar_subquery()
    columns: tuple[Any, ...] = (Tag, count.label("due"))
    return select(*columns).where(Tag.slug == bindparam("slug"))


def tags_of(post_id: int) -> list[TagName]:
    """The tags of a post, in the order in which they were given."""
    return tags_by_post([post_id]).get(post_id, [])


def tags_by_post(post_ids: Iterable[int]) -> dict[int, list[TagName]]:
    """The tags of each post that has some, in the order in which they were given."""
    ids, found = list(post_ids), defaultdict[int, list[TagName]](list)
    for row in rows(_taggings(), {"ids": ids}) if ids else ():
        found[row.post_id].append(TagName(row.name, row.slug))
    return dict(found)


@cache
def _taggings() -> Select[Any]:
    columns: tuple[Any, ...] = (PostTag.post_id, Tag.name, Tag.slug)
    named = select(*columns).join(PostTag, PostTag.tag_id == Tag.id)
    of_posts = named.where(PostTag.post_id.in_(bindparam("ids", expanding=True)))
    return of_posts.order_by(PostTag.post_id, PostTag.position, PostTag.tag_id)


def tag_page(tag: Tag, now: datetime, window: Window) -> Page[Card]:
    """Some of the public posts with a tag, newest first."""
    found = page(_public_cards(), _NEWEST_FIRST, window, {"now": now, "tag_id": tag.id})
    return cards(found.of([row.post for row in found.items]))


@cache
def _public_cards() -> Select[PostTag]:
    tagged = select(PostTag).where(PostTag.tag_id == bindparam("tag_id"))
    public = tagged.where(PostTag.public_at <= bindparam("now", type_=UTCDateTime))
    return public.options(joinedload(PostTag.post).options(*CARD))


def managed_tags(window: Window, sought: str = "") -> Page[Tag]:
    """Some of the tags, the most used first; only those with `sought` somewhere in the name, which
    are looked for a bounded step at a time.
    """
    query = select(Tag)
    if not sought:
        return page(query, MOST_USED_FIRST, window)
    has_it = Tag.name_key.contains(name_key(sought), autoescape=True)
    walked = select(*MOST_USED_FIRST.columns)
    return search_page(query, MOST_USED_FIRST, has_it, window, walked=walked)


def most_used(now: datetime, most: int) -> list[tuple[Tag, int]]:
    """The tags that most posts have, and how many of them are public."""
    found = db.session.execute(_most_used(), {"now": now, "most": most})
    listed = sorted(found, key=lambda row: (row[0].post_count, row[0].id), reverse=True)
    counted = [(row[0], row[0].post_count + (row.due or 0)) for row in listed]
    return [(tag, count) for tag, count in counted if count]


@cache
def _most_used() -> Select[Any]:
    # Bounded before anything is joined to them: PostgreSQL would else sort all tags there are.
    most = select(Tag).order_by(Tag.post_count.desc(), Tag.id.desc())
    used = aliased(Tag, most.limit(bindparam("most", type_=Integer)).subquery())
    counted = _due_by_tag(bindparam("now", type_=UTCDateTime)).subquery()
    columns: tuple[Any, ...] = (used, counted.c.due)
    return select(*columns).outerjoin(counted, counted.c.tag_id == used.id)


def most_used_names() -> Sequence[str]:
    """The names that a writer is offered."""
    used = select(Tag.name).order_by(Tag.post_count.desc(), Tag.id.desc())
    return db.session.scalars(used.limit(MOST_OFFERED)).all()


def post_counts(listed: Sequence[Tag], now: datetime) -> dict[int, int]:
    """Public posts by tag: the kept counts, and those due that the worker has yet to count."""
    counts = {row.id: row.post_count for row in listed}
    query = _due_by_tag(now).where(PostTag.tag_id.in_(counts))
    for tag_id, extra in db.session.execute(query):
        counts[tag_id] += extra
    return counts


def _due_by_tag(now: Any) -> Select[Any]:
    # By the posts that are due, and not by all that have the tag: nothing more is asked of these.
    due: Any = due_scheduled(now).join(PostTag, PostTag.post_id == Post.id)
    counted: Select[Any] = due.with_only_columns(PostTag.tag_id, func.count().label("due"))
    return counted.group_by(PostTag.tag_id)
