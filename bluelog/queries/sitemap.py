"""What search engines are told of: everything public, in parts of a bounded size.

A part is a range of ids, so that neither a part nor the list of them is found by walking along all
posts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, literal, select, union_all

from bluelog.models import (
    PUBLIC_STATUSES,
    AccountStatus,
    Category,
    Post,
    PostAuthor,
    PostKind,
    PostTag,
    Tag,
    Upload,
    User,
)
from bluelog.models.base import UTCDateTime
from bluelog.queries.people import WRITING_ROLES
from bluelog.queries.posts import due_scheduled, is_shown
from bluelog.queries.rows import rows
from bluelog.text.ids import LARGEST_ID

PART = 1000
# Of the posts with the largest ids so many are looked at in one go.
_LOOKED_AT = 50
# So many of the public posts that were saved last, and of those that became public last, tell which
# parts changed; of older parts it is not told. What only writers see is in none of these walks, or
# a draft that is saved would change what is told, and no kept page would be made anew by it.
MOST_CHANGES = 500
MOST_AUTHORS = 2000
MOST_TAGS = 2000
_NOW = bindparam("now", type_=UTCDateTime)


class Found(NamedTuple):
    """A post or page as a sitemap lists it; `cover` is a file's name."""

    kind: str
    slug: str
    parent_slug: str | None
    html: str
    status: str
    published_at: datetime
    revised_at: datetime | None
    cover: str | None

    @property
    def changed_at(self) -> datetime:
        return max(self.published_at, self.revised_at or self.published_at)


def parts(now: datetime) -> tuple[int, datetime | None]:
    """How many parts the posts have, and when the last of them became public."""
    last = _last_public(now)
    return ((last.id - 1) // PART + 1, last.published_at) if last else (0, None)


def changes(now: datetime) -> dict[int, datetime]:
    """When what parts list changed last, for those that changed lately; the first is 1."""
    looked_at = rows(_changes(), {"now": now, "most": MOST_CHANGES}).all()
    told_since = _end_of_walks(looked_at)
    found: dict[int, datetime] = {}
    for row in looked_at:
        if row.kind == PostKind.POST and is_shown(row, now):
            changed_at = max(row.published_at, row.revised_at or row.published_at)
            number = (row.id - 1) // PART + 1
            found[number] = max(changed_at, found.get(number, changed_at))
    return {number: at for number, at in found.items() if told_since is None or at > told_since}


def posts_of_part(number: int, now: datetime) -> list[Found]:
    """The public posts of that part; the first is 1."""
    values = {"after": (number - 1) * PART, "until": number * PART}
    found = _found(rows(_part(), values), now)
    return [post for post in found if post.kind == PostKind.POST]


def pages(now: datetime) -> list[Found]:
    """Every public page."""
    return _found(rows(_pages()), now)


def authors(now: datetime) -> list[str]:
    """The usernames of those who write and have something public."""
    return sorted(row.username for row in rows(_authors(), {"now": now}))


def categories(now: datetime) -> list[str]:
    """The slugs of the categories with something in them, last those yet to be counted."""
    return _slugs(_categories(), now)


def tags(now: datetime) -> list[str]:
    """The slugs of the tags that most posts have, last those with posts yet to be counted."""
    return _slugs(_tags(), now)


def _slugs(query: Select[Any], now: datetime) -> list[str]:
    return list(dict.fromkeys(row.slug for row in rows(query, {"now": now})))


def _last_public(now: datetime) -> Any | None:
    """The public post with the largest id; there may be hidden ones above it."""
    until = LARGEST_ID
    while some := rows(_last(), {"until": until}).all():
        public = (row for row in some if row.kind == PostKind.POST and is_shown(row, now))
        if last := next(public, None):
            return last
        until = some[-1].id - 1
    return None


def _end_of_walks(looked_at: Sequence[Any]) -> datetime | None:
    """Until when posts may have changed to which a walk did not come; None if it came to all.

    Others that changed in that moment may lie beyond the end as well.
    """
    times: dict[str, list[datetime]] = {}
    for row in looked_at:
        times.setdefault(row.walk, []).append(row.at)
    return max((min(walk) for walk in times.values() if len(walk) == MOST_CHANGES), default=None)


def _found(listed: Iterable[Any], now: datetime) -> list[Found]:
    public = (row for row in listed if is_shown(row, now))
    found = [Found._make([*row[:7], _filename(row)]) for row in public]
    return sorted(found, key=lambda each: (each.published_at, each.slug))


def _filename(row: Any) -> str | None:
    return f"{row.digest}.{row.extension}" if row.digest else None


@cache
def _last() -> Select[Any]:
    columns: tuple[Any, ...] = (Post.id, Post.kind, Post.status, Post.published_at)
    below = select(*columns).where(Post.id <= bindparam("until"))
    return below.order_by(Post.id.desc()).limit(_LOOKED_AT)


@cache
def _changes() -> Select[Any]:
    walks: list[Any] = []
    for status in PUBLIC_STATUSES:
        saved = _newest_first(f"saved, {status}", status, Post.updated_at)
        dated = _newest_first(f"dated, {status}", status, Post.published_at)
        walks += [saved, dated.where(Post.published_at <= _NOW)]
    return select(union_all(*(select(walk.subquery()) for walk in walks)).subquery())


def _newest_first(walk: str, status: str, at: Any) -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Post.id, Post.kind, Post.status, Post.published_at, Post.revised_at),
        *(at.label("at"), literal(walk).label("walk")),
    )
    of_status = select(*columns).where(Post.status == status)
    return of_status.order_by(at.desc()).limit(bindparam("most"))


@cache
def _part() -> Select[Any]:
    return _listed().where(Post.id > bindparam("after"), Post.id <= bindparam("until"))


@cache
def _pages() -> Select[Any]:
    return _listed().where(Post.kind == PostKind.PAGE)


def _listed() -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Post.kind, Post.slug, Post.parent_slug, Post.html, Post.status, Post.published_at),
        Post.revised_at,
        *(Upload.digest, Upload.extension),
    )
    return select(*columns).outerjoin(Post.cover)


@cache
def _authors() -> Select[Any]:
    wrote = exists().where(PostAuthor.user_id == User.id, PostAuthor.public_at <= _NOW)
    columns: tuple[Any, ...] = (User.username,)
    writing = (User.role.in_(WRITING_ROLES), User.status == AccountStatus.ACTIVE)
    named = select(*columns).where(*writing, User.username.is_not(None), wrote)
    return named.limit(MOST_AUTHORS)


@cache
def _categories() -> Select[Any]:
    columns: tuple[Any, ...] = (Category.slug,)
    counted = select(*columns).where(Category.post_count > 0).order_by(Category.id)
    due: Any = due_scheduled(_NOW).where(Post.kind == PostKind.POST)
    its = select(*columns).where(Category.id.in_(due.with_only_columns(Post.category_id)))
    return _either(counted, its)


@cache
def _tags() -> Select[Any]:
    columns: tuple[Any, ...] = (Tag.slug,)
    used = select(*columns).where(Tag.post_count > 0)
    used = used.order_by(Tag.post_count.desc(), Tag.id.desc()).limit(MOST_TAGS)
    due: Any = due_scheduled(_NOW).join(PostTag, PostTag.post_id == Post.id)
    its = select(*columns).where(Tag.id.in_(due.with_only_columns(PostTag.tag_id)))
    return _either(used, its.limit(MOST_TAGS))


def _either(*listed: Select[Any]) -> Select[Any]:
    return select(union_all(*(select(each.subquery()) for each in listed)).subquery())
