"""What search engines are told of: everything public, in parts of a bounded size.

A part is a range of ids, so that neither a part nor the list of them is found by walking along all
posts.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, select

from bluelog.models import (
    AccountStatus,
    Category,
    Post,
    PostAuthor,
    PostKind,
    Upload,
    User,
)
from bluelog.models.base import UTCDateTime
from bluelog.queries.people import WRITING_ROLES
from bluelog.queries.posts import is_public
from bluelog.queries.rows import rows

PART = 500
MOST_AUTHORS = 2000
_NOW = bindparam("now", type_=UTCDateTime)


class Found(NamedTuple):
    """A post or page as a sitemap lists it; `cover` is a file's name."""

    kind: str
    slug: str
    html: str
    published_at: datetime
    revised_at: datetime | None
    cover: str | None

    @property
    def changed_at(self) -> datetime:
        return max(self.published_at, self.revised_at or self.published_at)


def parts(now: datetime) -> tuple[int, datetime | None]:
    """How many parts the posts have, and when the last of them became public."""
    last = rows(_last(), {"now": now}).first()
    return ((last.id - 1) // PART + 1, last.published_at) if last else (0, None)


def posts_of_part(number: int, now: datetime) -> list[Found]:
    """The public posts of that part; the first is 1."""
    values = {"now": now, "after": (number - 1) * PART, "until": number * PART}
    return _found(rows(_part(), values))


def pages(now: datetime) -> list[Found]:
    """Every public page."""
    return _found(rows(_pages(), {"now": now}))


def authors(now: datetime) -> list[str]:
    """The usernames of those who write and have something public."""
    return [row.username for row in rows(_authors(), {"now": now})]


def categories() -> list[str]:
    """The slugs of the categories with something in them, as far as it was counted."""
    return [row.slug for row in rows(_categories())]


def _found(listed: Iterable[Any]) -> list[Found]:
    return [Found._make([*row[:5], _filename(row)]) for row in listed]


def _filename(row: Any) -> str | None:
    return f"{row.digest}.{row.extension}" if row.digest else None


@cache
def _last() -> Select[Any]:
    columns: tuple[Any, ...] = (Post.id, Post.published_at)
    public = select(*columns).where(Post.kind == PostKind.POST, is_public(_NOW))
    return public.order_by(Post.id.desc()).limit(1)


@cache
def _part() -> Select[Any]:
    within = (Post.id > bindparam("after"), Post.id <= bindparam("until"))
    return _listed().where(*within, Post.kind == PostKind.POST).order_by(Post.id)


@cache
def _pages() -> Select[Any]:
    return _listed().where(Post.kind == PostKind.PAGE).order_by(Post.id)


def _listed() -> Select[Any]:
    columns: tuple[Any, ...] = (
        *(Post.kind, Post.slug, Post.html, Post.published_at, Post.revised_at),
        *(Upload.digest, Upload.extension),
    )
    return select(*columns).outerjoin(Post.cover).where(is_public(_NOW))


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
    return select(*columns).where(Category.post_count > 0).order_by(Category.id)
