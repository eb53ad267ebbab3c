"""Comments, by who may see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from bluelog.extensions import db
from bluelog.models import Comment, CommentModerator, CommentStatus, PostAuthor, User
from bluelog.queries.counting import count, counts
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.posts import is_public

BY_THREAD = Order((Comment.thread_id, Comment.id), descending=False)
NEWEST_FIRST = Order((Comment.id,))
# The same positions, found by an author's rows.
AUTHOR_NEWEST_FIRST = Order((CommentModerator.comment_id,))
_WITH_PEOPLE = (joinedload(Comment.user), joinedload(Comment.parent).joinedload(Comment.user))
_LISTED = (joinedload(Comment.post), *_WITH_PEOPLE)
_LISTED_BY_ID = (
    joinedload(Comment.post),
    selectinload(Comment.user),
    joinedload(Comment.parent).selectinload(Comment.user),
)
_REMOVED = (CommentStatus.SPAM, CommentStatus.TRASHED, CommentStatus.EMPTIED)


def public_comments(post_id: int | BindParameter[int]) -> Select[Comment]:
    """Approved comments, and removed ones that still hold an approved reply in place."""
    reply = aliased(Comment)
    answered = exists().where(reply.parent_id == Comment.id, reply.status == CommentStatus.APPROVED)
    return select(Comment).where(
        Comment.post_id == post_id,
        or_(
            Comment.status == CommentStatus.APPROVED,
            and_(Comment.status.in_(_REMOVED), answered),
        ),
    )


def place_of(comment: Comment, size: int) -> str | None:
    """The position after which a page shows the comment, with its thread above it if that fits."""
    public = public_comments(comment.post_id)
    earlier = public.where(Comment.thread_id == comment.thread_id, Comment.id < comment.id)
    above = db.session.scalars(earlier.order_by(Comment.id.desc()).limit(size)).all()
    first = comment if len(above) == size else (above[-1] if above else comment)
    here = tuple_(Comment.thread_id, Comment.id)
    query = public.where(here < tuple_(first.thread_id, first.id))
    latest = query.order_by(Comment.thread_id.desc(), Comment.id.desc()).limit(1)
    before = db.session.scalar(latest)
    return BY_THREAD.position_of(before) if before else None


def public_comment(comment_id: int, now: datetime) -> Comment | None:
    """An approved comment of a public post."""
    query = (
        select(Comment)
        .join(Comment.post)
        .where(Comment.id == comment_id, Comment.status == CommentStatus.APPROVED, is_public(now))
        .options(joinedload(Comment.post), *_WITH_PEOPLE)
    )
    return db.session.scalar(query)


def is_moderated_by(user: User | None) -> ColumnElement[bool]:
    """Editors moderate everything, authors what is said under their own posts."""
    if user is None or not user.may_publish:
        return false()
    if user.may_edit_everything:
        return true()
    return (
        select(PostAuthor.post_id)
        .where(PostAuthor.post_id == Comment.post_id, PostAuthor.user_id == user.id)
        .exists()
    )


def moderated_page(
    user: User, window: Window, *, status: str | None = None, staff: bool = False
) -> Page[Comment]:
    """Comments the user may moderate, newest first; trash and spam only when asked for.

    Authors' are found by their rows: among everybody's there may be few of their own.
    """
    if user.may_edit_everything:
        query = _chosen(select(Comment), Comment, status, staff=staff)
        return page(query.options(*_LISTED), NEWEST_FIRST, window)
    own = _chosen(_own(user), CommentModerator, status, staff=staff)
    found = page(own, AUTHOR_NEWEST_FIRST, window, read=_read)
    return found.of(_listed([row.comment_id for row in found.items]))


def moderated_counts(user: User) -> dict[str, int]:
    """How many comments wait for this user, are spam or in the trash."""
    by_status = (CommentStatus.PENDING, CommentStatus.SPAM, CommentStatus.TRASHED)
    return counts(by_status, lambda status: moderated_ids(user, status))


def pending_count(user: User) -> int:
    """How many comments wait for this user's decision."""
    return count(moderated_ids(user, CommentStatus.PENDING))


def moderated_ids(user: User, status: str) -> Select[int]:
    """The ids of the comments of that status that the user may moderate."""
    if user.may_edit_everything:
        return select(Comment.id).where(Comment.status == status)
    return _own(user).where(CommentModerator.status == status)


def _own(user: User) -> Select[int]:
    """The ids of what was said under an author's own posts: no more than each index holds."""
    is_own = CommentModerator.user_id == user.id
    return select(CommentModerator.comment_id).where(is_own if user.may_publish else false())


def _read(statement: Select[int], values: Mapping[str, Any]) -> list[Any]:
    return list(db.session.execute(statement, values))


def _listed(ids: list[int]) -> list[Comment]:
    """The comments in that order, and the people by statements of their own.

    In one with the rows, PostgreSQL might walk along all comments, or all people, beside them.
    """
    query = select(Comment).where(Comment.id.in_(ids)).options(*_LISTED_BY_ID)
    by_id = {comment.id: comment for comment in db.session.scalars(query)} if ids else {}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _chosen(
    query: Select[Any], of: type[Comment | CommentModerator], status: str | None, *, staff: bool
) -> Select[Any]:
    if staff:
        query = query.where(of.from_staff)
    return query.where(of.status == status if status else of.status.not_in(_REMOVED))


def own_page(user: User, window: Window) -> Page[Comment]:
    """What the user has said, newest first."""
    query = select(Comment).where(
        Comment.user_id == user.id, Comment.status != CommentStatus.TRASHED
    )
    query = query.options(joinedload(Comment.post))
    return page(query, NEWEST_FIRST, window)


def count_under(post_ids: list[int]) -> dict[int, int]:
    """The approved comments of each post, counted anew."""
    query = (
        select(Comment.post_id, func.count())
        .where(Comment.post_id.in_(post_ids), Comment.status == CommentStatus.APPROVED)
        .group_by(Comment.post_id)
    )
    return dict(db.session.execute(query).all())
