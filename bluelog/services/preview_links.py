"""Letting outsiders read a post before it is public, for some days and until that is revoked."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from bluelog.errors import RuleBroken
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Post, PostStatus, PreviewLink, User
from bluelog.queries.preview_links import MOST_A_POST
from bluelog.services.locks import locked_post
from bluelog.uow import record, unit_of_work

DAYS = (1, 7, 30)
_NO_SUCH_TIME = _l("Choose how long the link is to work.")
_PUBLIC = _l("This is public already: send its own address.")
_TRASHED = _l("This post is in the trash. Restore it first.")
_ENOUGH = _l("There are %(most)s links to it already. Revoke one first.", most=MOST_A_POST)


def make(post_id: int, *, days: int, submission_id: str, by: User, at: datetime) -> PreviewLink:
    """Make a link to what is saved; the same submission again answers with the link it made.

    Raises RuleBroken, NotFound.
    """
    with unit_of_work():
        post = locked_post(post_id, by)
        known = db.session.scalar(
            select(PreviewLink).where(PreviewLink.submission_id == submission_id)
        )
        if known is not None:
            return known
        _check(post, days, at)
        link = PreviewLink(post_id=post.id, user_id=by.id, submission_id=submission_id)
        link.created_at, link.expires_at = at, at + timedelta(days=days)
        db.session.add(link)
        record(Act("preview-link.made", by.id, at, "post", post.id))
    return link


def revoke(post_id: int, link_id: int, *, by: User, at: datetime) -> None:
    """Let the link work no more; one that is gone already is as it should be."""
    with unit_of_work():
        post = locked_post(post_id, by)
        here = (PreviewLink.id == link_id, PreviewLink.post_id == post.id)
        gone = db.session.scalar(delete(PreviewLink).where(*here).returning(PreviewLink.id))
        if gone is not None:
            record(Act("preview-link.revoked", by.id, at, "post", post.id))


def revoke_all(post_id: int) -> None:
    """Let no link to the post work any more, within the unit of work that is open."""
    db.session.execute(delete(PreviewLink).where(PreviewLink.post_id == post_id))


def purge(at: datetime) -> None:
    """Delete those that have expired, in a unit of work of its own."""
    with unit_of_work():
        db.session.execute(delete(PreviewLink).where(PreviewLink.expires_at <= at))


def _check(post: Post, days: int, at: datetime) -> None:
    if days not in DAYS:
        raise RuleBroken(None, _NO_SUCH_TIME)
    if post.status == PostStatus.TRASHED:
        raise RuleBroken(None, _TRASHED)
    if post.is_public_at(at):
        raise RuleBroken(None, _PUBLIC)
    live = (PreviewLink.post_id == post.id, PreviewLink.expires_at > at)
    count = db.session.scalar(select(func.count()).select_from(PreviewLink).where(*live))
    if (count or 0) >= MOST_A_POST:
        raise RuleBroken(None, _ENOUGH)
