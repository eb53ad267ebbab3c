"""Pinning: what editors want readers to see first on the home page."""

from datetime import datetime

from sqlalchemy import func, select

from bluelog.errors import NotAllowed, RuleBroken
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import PUBLIC_STATUSES, Post, PostKind, User
from bluelog.queries.home import MOST_PINNED
from bluelog.services.locks import lock_site, locked_post
from bluelog.uow import record, unit_of_work


def pin(post_id: int, *, by: User, at: datetime) -> Post:
    """Pin a post that is public or scheduled; one that is pinned already stays where it is.

    Its version stays too: whoever has it in an editor changes something else.
    """
    with unit_of_work():
        post = _locked(post_id, by)
        if post.pinned_at is None:
            _check(post)
            post.pinned_at = at
            record(Act("post.pinned", by.id, at, "post", post.id))
    return post


def unpin(post_id: int, *, by: User, at: datetime) -> Post:
    """Let a post stand again where its date puts it."""
    with unit_of_work():
        post = _locked(post_id, by)
        if post.pinned_at is not None:
            post.pinned_at = None
            record(Act("post.unpinned", by.id, at, "post", post.id))
    return post


def _check(post: Post) -> None:
    if post.kind != PostKind.POST or post.status not in PUBLIC_STATUSES:
        raise RuleBroken(None, _l("Only a post that is published or scheduled can be pinned."))
    pinned = select(func.count()).select_from(Post).where(Post.pinned_at.is_not(None))
    if (db.session.scalar(pinned) or 0) >= MOST_PINNED:
        full = _l("%(most)d posts are pinned already. Unpin one of them first.", most=MOST_PINNED)
        raise RuleBroken(None, full)


def _locked(post_id: int, by: User) -> Post:
    lock_site()
    post = locked_post(post_id, by)
    if not by.may_edit_everything:
        raise NotAllowed
    return post
