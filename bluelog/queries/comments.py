"""Comments, by who may see them."""

from datetime import datetime

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
from sqlalchemy.orm import aliased, joinedload

from bluelog.extensions import db
from bluelog.models import Comment, CommentStatus, PostAuthor, User
from bluelog.queries.counting import count, counts
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.posts import is_public

BY_THREAD = Order((Comment.thread_id, Comment.id), descending=False)
NEWEST_FIRST = Order((Comment.id,))
_WITH_PEOPLE = (joinedload(Comment.user), joinedload(Comment.parent).joinedload(Comment.user))
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
    """Comments the user may moderate, newest first; trash and spam only when asked for."""
    query = select(Comment).where(is_moderated_by(user))
    if staff:
        query = query.where(Comment.from_staff)
    if status:
        query = query.where(Comment.status == status)
    else:
        query = query.where(Comment.status.not_in(_REMOVED))
    query = query.options(joinedload(Comment.post), *_WITH_PEOPLE)
    return page(query, NEWEST_FIRST, window)


def moderated_counts(user: User) -> dict[str, int]:
    """How many comments wait for this user, are spam or in the trash."""
    by_status = (CommentStatus.PENDING, CommentStatus.SPAM, CommentStatus.TRASHED)
    return counts(by_status, lambda status: _moderated(user, status))


def pending_count(user: User) -> int:
    """How many comments wait for this user's decision."""
    return count(_moderated(user, CommentStatus.PENDING))


def _moderated(user: User, status: str) -> Select[int]:
    return select(Comment.id).where(Comment.status == status, is_moderated_by(user))


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
