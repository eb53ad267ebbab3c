"""Statements that keep the rows of who decides about a comment in step with what they repeat.

They are no verbs: `reactions/moderation.py` sends them for all that a session writes, whoever
writes rows by a statement sends them along. Each takes the parameter `ids`: of comments, or of the
posts they are under, as `column` says.
"""

from functools import cache
from typing import Literal

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Delete,
    Insert,
    Update,
    bindparam,
    delete,
    exists,
    insert,
    select,
    update,
)

from bluelog.models import Comment, CommentModerator, PostAuthor

Column = Literal["id", "post_id"]
_COLUMNS = ("user_id", "comment_id", "status", "from_staff")
_IDS: BindParameter[int] = bindparam("ids", expanding=True)


@cache
def added(column: Column) -> Insert:
    """Give those comments a row for each author of their post who has none."""
    is_there = exists().where(
        CommentModerator.user_id == PostAuthor.user_id, CommentModerator.comment_id == Comment.id
    )
    rows = (
        select(PostAuthor.user_id, Comment.id, Comment.status, Comment.from_staff)
        .join(PostAuthor, PostAuthor.post_id == Comment.post_id)
        .where(_is_one_of_those(column), ~is_there)
    )
    return insert(CommentModerator).from_select(_COLUMNS, rows)


@cache
def restated() -> Update:
    """Have the rows of those comments say again what the comments say."""
    values = {name: _of_its_comment(getattr(Comment, name)) for name in ("status", "from_staff")}
    rows = update(CommentModerator).where(CommentModerator.comment_id.in_(_IDS))
    return rows.values(values).execution_options(synchronize_session=False)


@cache
def removed(column: Column) -> Delete:
    """Take the rows of those comments from who is no author of their post."""
    of_those = select(Comment.id).where(_is_one_of_those(column))
    is_author = (
        select(PostAuthor.post_id)
        .join(Comment, Comment.post_id == PostAuthor.post_id)
        .where(Comment.id == CommentModerator.comment_id)
        .where(PostAuthor.user_id == CommentModerator.user_id)
        .exists()
    )
    rows = delete(CommentModerator).where(CommentModerator.comment_id.in_(of_those), ~is_author)
    return rows.execution_options(synchronize_session=False)


def _is_one_of_those(column: Column) -> ColumnElement[bool]:
    return getattr(Comment, column).in_(_IDS)  # type: ignore[no-any-return]


def _of_its_comment(column: object) -> object:
    own = select(column).where(Comment.id == CommentModerator.comment_id)  # type: ignore[call-overload]
    return own.scalar_subquery()
