"""What becomes of posts when their time has come: the work of the worker."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bluelog.events import PostPublished
from bluelog.extensions import db
from bluelog.models import Post, PostStatus
from bluelog.queries.posts import due_scheduled
from bluelog.services import pages, search_index, slugs, states, upload_uses
from bluelog.text.urls import post_path
from bluelog.uow import record, unit_of_work

TRASH_KEPT = timedelta(days=30)


def publish(at: datetime) -> int:
    """Turn over the status of scheduled posts whose time has come; how many there were."""
    with unit_of_work():
        posts = db.session.scalars(due_scheduled(at).limit(100).with_for_update()).all()
        for post in posts:
            states.move(post, PostStatus.PUBLISHED)
            record(PostPublished(post.id, 0))
    return len(posts)


def purge(at: datetime) -> int:
    """Delete for good what has been in the trash for 30 days; how many there were."""
    with unit_of_work():
        old = select(Post.id).where(Post.trashed_at < at - TRASH_KEPT)
        ids = db.session.scalars(old.order_by(Post.trashed_at).limit(100).with_for_update()).all()
        if ids:
            # Before what is under others is taken from there, which may go as well.
            slugs.let_go(_addresses(ids))
            pages.let_go(ids, at)
            shown = upload_uses.shown_by(ids)
            db.session.execute(delete(Post).where(Post.id.in_(ids)))
            upload_uses.settle(shown)
            search_index.forget(ids)
    return len(ids)


def _addresses(ids: Sequence[int]) -> list[str]:
    columns = (Post.kind, Post.slug, Post.parent_slug)
    return [post_path(*row) for row in db.session.execute(select(*columns).where(Post.id.in_(ids)))]
