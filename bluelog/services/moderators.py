"""Statements that keep the rows of who decides about a comment in step with what they repeat.

They are no verbs: `reactions/moderation.py` sends them for all that a session writes, whoever
writes rows by a statement sends them along.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Delete, Insert, Update, delete, exists, insert, select, update

from bluelog.models import Comment, CommentModerator, PostAuthor

_COLUMNS = ("user_id", "comment_id", "status", "from_staff")


def added(which: ColumnElement[bool]) -> Insert:
    """Give those comments a row for each author of their post who has none."""
    is_there = exists().where(
        CommentModerator.user_id == PostAuthor.user_id, CommentModerator.comment_id == Comment.id
    )
    rows = (
        select(PostAuthor.user_id, Comment.id, Comment.status, Comment.from_staff)
        .join(PostAuthor, PostAuthor.post_id == Comment.post_id)
        .where(which, ~is_there)
    )
    return insert(CommentModerator).from_select(_COLUMNS, rows)


def restated(ids: Iterable[int]) -> Update:
    """Have the rows of those comments say again what the comments say."""
    values = {name: _of_its_comment(getattr(Comment, name)) for name in ("status", "from_staff")}
    rows = update(CommentModerator).where(CommentModerator.comment_id.in_(ids))
    return rows.values(values).execution_options(synchronize_session=False)


def removed(which: ColumnElement[bool]) -> Delete:
    """Take the rows of those comments from who is no author of their post."""
    of_those = select(Comment.id).where(which)
    is_author = (
        select(PostAuthor.post_id)
        .join(Comment, Comment.post_id == PostAuthor.post_id)
        .where(Comment.id == CommentModerator.comment_id)
        .where(PostAuthor.user_id == CommentModerator.user_id)
        .exists()
    )
    rows = delete(CommentModerator).where(CommentModerator.comment_id.in_(of_those), ~is_author)
    return rows.execution_options(synchronize_session=False)


def _of_its_comment(column: object) -> object:
    own = select(column).where(Comment.id == CommentModerator.comment_id)  # type: ignore[call-overload]
    return own.scalar_subquery()
