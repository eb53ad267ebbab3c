"""The states of a post, and what is kept in step with them. Each runs in an open unit of work."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update

from bluelog.errors import NotAllowed, RuleBroken
from bluelog.events import Act, PostPublished, PostSubmitted
from bluelog.extensions import DERIVED, db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import PUBLIC_STATUSES, Category, Post, PostAuthor, PostKind, PostStatus, User
from bluelog.services import preview_links
from bluelog.uow import record

Transition = Callable[[Post, User, datetime], None]


def keep(_post: Post, _by: User, _at: datetime) -> None:
    """Leave the post as it is."""


def draft(post: Post, _by: User, at: datetime) -> None:
    """Take the post back to its writer's desk."""
    _forget_time_to_come(post, at)
    move(post, PostStatus.DRAFT)


def submit(post: Post, _by: User, _at: datetime) -> None:
    """Put the post before the editors. Emits PostSubmitted."""
    if post.status in PUBLIC_STATUSES:
        raise RuleBroken(None, _l("This post is published already."))
    move(post, PostStatus.PENDING)
    post.review_note, post.returned_at = "", None
    record(PostSubmitted(post.id))


def publish(post: Post, by: User, at: datetime) -> None:
    """Make the post public, or due to be. Emits PostPublished once it is public the first time."""
    if not by.may_publish:
        raise NotAllowed
    is_new = post.published_at is None or post.status == PostStatus.SCHEDULED
    post.published_at = post.published_at or at
    post.review_note, post.returned_at = "", None
    move(post, PostStatus.PUBLISHED if post.published_at <= at else PostStatus.SCHEDULED)
    if is_new and post.status == PostStatus.PUBLISHED:
        record(PostPublished(post.id, by.id))


def hide(post: Post, by: User, at: datetime) -> None:
    """Show the post to those only who may edit it."""
    if not by.may_publish:
        raise NotAllowed
    _forget_time_to_come(post, at)
    move(post, PostStatus.PRIVATE)


def discard(post: Post, by: User, at: datetime) -> None:
    """Put the post in the trash."""
    record(Act("post.trashed", by.id, at, "post", post.id, {str(post.id): post.status}))
    move(post, PostStatus.TRASHED)
    post.trashed_at = at


def restore(post: Post, _by: User, at: datetime) -> None:
    """Give a post in the trash the status it had.

    One whose time to appear has passed there comes back as a draft, for nobody asks for it now.
    """
    if post.status != PostStatus.TRASHED:
        return
    former = PostStatus(post.former_status or PostStatus.DRAFT)
    if former == PostStatus.SCHEDULED and _was_missed(post, at):
        former, post.published_at = PostStatus.DRAFT, None
    move(post, former)
    post.trashed_at = None


def _was_missed(post: Post, at: datetime) -> bool:
    due, binned = post.published_at, post.trashed_at
    return due is not None and due <= at and (binned is None or due > binned)


def _forget_time_to_come(post: Post, at: datetime) -> None:
    if post.published_at is not None and post.published_at > at:
        post.published_at = None


def move(post: Post, status: PostStatus) -> None:
    """Change the status together with all that is kept by it."""
    step = (status == PostStatus.PUBLISHED) - (post.status == PostStatus.PUBLISHED)
    if step and post.kind == PostKind.POST:
        count(post.category_id, step)
    post.former_status, post.status = post.status, status
    if status not in PUBLIC_STATUSES:
        post.pinned_at = None
    if status == PostStatus.TRASHED:
        preview_links.revoke_all(post.id)
    is_listed = status in PUBLIC_STATUSES and post.kind == PostKind.POST
    public_at = post.published_at if is_listed else None
    rows = update(PostAuthor).where(PostAuthor.post_id == post.id).values(public_at=public_at)
    db.session.execute(rows.execution_options(**{DERIVED: True}))


def count(category_id: int | None, step: int) -> None:
    """Change the kept count of a category's published posts."""
    row = update(Category).where(Category.id == category_id)
    counted = row.values(post_count=Category.post_count + step)
    db.session.execute(counted.execution_options(**{DERIVED: True}))
