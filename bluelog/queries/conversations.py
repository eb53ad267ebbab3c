"""What is said under a post, as its page shows it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam
from sqlalchemy.orm import aliased

from bluelog.models import Comment, CommentStatus, User
from bluelog.models.user import display_name, may_write
from bluelog.queries.comments import BY_THREAD, public_comments
from bluelog.queries.names import Name
from bluelog.queries.paging import Page, Window, page
from bluelog.queries.rows import rows

_PARENT, _ANSWERED = aliased(Comment), aliased(User)
_OWN: tuple[Any, ...] = (
    *(Comment.id, Comment.thread_id, Comment.parent_id, Comment.status, Comment.name),
    *(Comment.email, Comment.site, Comment.body, Comment.html, Comment.from_staff),
    Comment.created_at,
)
_USERS: tuple[Any, ...] = (User.id, User.name, User.username, User.website, User.role, User.status)
_PARENTS: tuple[Any, ...] = (
    _PARENT.id,
    _PARENT.status,
    _PARENT.name,
    _ANSWERED.name,
    _ANSWERED.username,
)


class Answered(NamedTuple):
    """What a comment answers: whose words, and whether they are still to be read."""

    id: int
    author_name: str
    is_approved: bool


class Remark(NamedTuple):
    """A comment with who said it, as `Comment` itself would tell it."""

    id: int
    thread_id: int
    parent_id: int | None
    status: str
    name: str
    email: str
    site: str
    body: str
    html: str
    from_staff: bool
    created_at: datetime
    user: Name | None
    parent: Answered | None

    @property
    def is_approved(self) -> bool:
        return self.status == CommentStatus.APPROVED

    @property
    def author_name(self) -> str:
        return self.user.display_name if self.user else self.name


def public_page(post_id: int, window: Window) -> Page[Remark]:
    """Some of a post's conversation, thread by thread, oldest first."""
    return page(_shown(), BY_THREAD, window, {"post_id": post_id}, read=_remarks)


@cache
def _shown() -> Select[Any]:
    public = public_comments(bindparam("post_id", type_=Integer))
    return (
        public.with_only_columns(*_OWN, *_USERS, *_PARENTS)
        .outerjoin(Comment.user)
        .outerjoin(Comment.parent.of_type(_PARENT))
        .outerjoin(_PARENT.user.of_type(_ANSWERED))
    )


def _remarks(statement: Select[Any], values: Mapping[str, Any]) -> list[Remark]:
    return [_remark(*row) for row in rows(statement, values)]


def _remark(*row: Any) -> Remark:
    own, users = row[: len(_OWN)], row[len(_OWN) : -len(_PARENTS)]
    return Remark._make([*own, _user(*users), _answered(*row[-len(_PARENTS) :])])


def _user(key: int | None, name: str, username: str, website: str, *rights: str) -> Name | None:
    return Name(key, name, username, website, may_write(*rights)) if key else None


def _answered(
    key: int | None, status: str, guest: str, name: str | None, username: str | None
) -> Answered | None:
    if key is None:
        return None
    return Answered(key, display_name(name, username) or guest, status == CommentStatus.APPROVED)
