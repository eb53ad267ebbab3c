"""What feeds show beside the cards of lists: whole texts, and what was said last."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, select

from bluelog.models import Comment, CommentStatus, Post, PostKind, User
from bluelog.models.user import display_name
from bluelog.queries.moments import NOW
from bluelog.queries.posts import is_public, is_shown
from bluelog.queries.rows import rows

# Of the comments on the whole blog so many are looked at, for those under public posts.
_LOOKED_AT = 150
_APPROVED = Comment.status == CommentStatus.APPROVED
_SIZE = bindparam("size", type_=Integer)


class Said(NamedTuple):
    """A comment in a feed, and what it is about."""

    id: int
    guest: str
    guest_site: str
    body: str
    html: str
    created_at: datetime
    approved_at: datetime | None
    name: str | None
    username: str | None
    website: str | None
    kind: str
    slug: str
    title: str
    status: str
    published_at: datetime

    @property
    def author_name(self) -> str:
        return display_name(self.name, self.username) or self.guest

    @property
    def site(self) -> str:
        return self.website or self.guest_site


_SAID: tuple[Any, ...] = (
    *(Comment.id, Comment.name, Comment.site, Comment.body, Comment.html, Comment.created_at),
    Comment.approved_at,
    *(User.name, User.username, User.website),
    *(Post.kind, Post.slug, Post.title, Post.status, Post.published_at),
)


def texts_of(post_ids: Iterable[int]) -> dict[int, str]:
    """The rendered text of each post."""
    ids = list(post_ids)
    return {row.id: row.html for row in rows(_texts(), {"ids": ids})} if ids else {}


def newest_comments(now: datetime, size: int) -> list[Said]:
    """What was said last under any public post, the newest first."""
    looked_at = [Said._make(row) for row in rows(_newest())]
    public = [said for said in looked_at if said.kind == PostKind.POST and is_shown(said, now)]
    return sorted(public, key=lambda said: said.id, reverse=True)[:size]


def newest_comments_on(post_id: int, now: datetime, size: int) -> list[Said]:
    """What was said last under a public post, the newest first."""
    values = {"post_id": post_id, "now": now, "size": size}
    return [Said._make(row) for row in rows(_newest_on(), values)]


@cache
def _texts() -> Select[Any]:
    columns: tuple[Any, ...] = (Post.id, Post.html)
    return select(*columns).where(Post.id.in_(bindparam("ids", expanding=True)))


@cache
def _newest() -> Select[Any]:
    # Bounded before the posts are looked at: all that was said last may be under a hidden one.
    last = select(Comment.id).where(_APPROVED).order_by(Comment.id.desc()).limit(_LOOKED_AT)
    looked_at = last.subquery()
    return _with_post().join(looked_at, looked_at.c.id == Comment.id)


@cache
def _newest_on() -> Select[Any]:
    query = _with_post().where(Comment.post_id == bindparam("post_id"), _APPROVED)
    query = query.where(Post.kind == PostKind.POST, is_public(NOW))
    return query.order_by(Comment.id.desc()).limit(_SIZE)


def _with_post() -> Select[Any]:
    return select(*_SAID).select_from(Comment).join(Comment.post).outerjoin(Comment.user)
