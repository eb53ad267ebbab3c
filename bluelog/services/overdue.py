"""What becomes of posts and comments when their time has come: the work of the worker."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, delete, exists, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bluelog.events import PostPublished
from bluelog.extensions import db
from bluelog.models import Comment, CommentStatus, Post, PostStatus
from bluelog.queries.portions import PORTION
from bluelog.queries.posts import due_scheduled
from bluelog.services import (
    moderators,
    pages,
    search_index,
    slugs,
    states,
    translations,
    upload_uses,
)
from bluelog.text.urls import post_path
from bluelog.uow import record, unit_of_work

Row = TypeVar("Row")
TRASH_KEPT = timedelta(days=30)
# Turned over, or deleted, in one transaction, for which others wait.
_PORTION = 100
_EMPTY: dict[str, Any] = {
    "status": CommentStatus.EMPTIED,
    **dict.fromkeys(("body", "html", "name", "email", "site"), ""),
    **dict.fromkeys(("digest", "user_id")),
}


def publish(at: datetime) -> int:
    """Turn over the status of scheduled posts whose time has come; how many there were."""
    with unit_of_work():
        posts = _held(due_scheduled(at), Post.published_at)
        for post in posts:
            states.move(post, PostStatus.PUBLISHED)
            record(PostPublished(post.id, 0))
    return len(posts)


def purge(at: datetime) -> int:
    """Delete for good what has been in the trash for 30 days; how many there were."""
    with unit_of_work():
        old = select(Post.id).where(Post.trashed_at < at - TRASH_KEPT)
        ids = _held(old, Post.trashed_at)
        if ids:
            # Before what is under others is taken from there, which may go as well.
            slugs.let_go(_addresses(ids))
            pages.let_go(ids, at)
            translations.let_go(ids)
            shown = upload_uses.shown_by(ids)
            db.session.execute(delete(Post).where(Post.id.in_(ids)))
            upload_uses.settle(shown)
            search_index.forget(ids)
    return len(ids)


def purge_comments(at: datetime) -> int:
    """Delete what has been spam or trash for 30 days; how many there were.

    One that was answered stays, without its words and who said them, to hold the answers in place.
    """
    done = 0
    while step := _purge_some_comments(at - TRASH_KEPT):
        done += step
    return done


def _purge_some_comments(before: datetime) -> int:
    answer, is_old = aliased(Comment), Comment.trashed_at < before
    lonely = ~exists().where(answer.parent_id == Comment.id)
    with unit_of_work():
        # Answers go first: what they answered is lonely then, and goes in its turn.
        if ids := _old_comments(is_old, lonely):
            db.session.execute(delete(Comment).where(Comment.id.in_(ids)))
        elif ids := _old_comments(is_old, Comment.status != CommentStatus.EMPTIED):
            db.session.execute(update(Comment).where(Comment.id.in_(ids)).values(**_EMPTY))
            # The session saw a statement, not the rows.
            db.session.execute(moderators.restated(), {"ids": ids})
    return len(ids)


def _old_comments(*conditions: ColumnElement[bool]) -> Sequence[int]:
    some = select(Comment.id).where(*conditions).order_by(Comment.trashed_at).limit(PORTION)
    return db.session.scalars(some.with_for_update(skip_locked=True)).all()


def _held(those: Select[Row], first: InstrumentedAttribute[Any]) -> Sequence[Row]:
    some = those.with_only_columns(Post.id).order_by(first).limit(_PORTION)
    # In the order in which everyone holds posts; one that was waited for may be due no longer.
    held = those.where(Post.id.in_(some)).order_by(Post.id).with_for_update()
    return db.session.scalars(held).all()


def _addresses(ids: Sequence[int]) -> list[str]:
    columns = (Post.kind, Post.slug, Post.parent_slug)
    return [post_path(*row) for row in db.session.execute(select(*columns).where(Post.id.in_(ids)))]
