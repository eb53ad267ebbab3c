"""How often what readers see has changed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, ContentRevision, Post


class Revisions(NamedTuple):
    """The figures that a cached page is compared by; `post` is that of its own post, if any."""

    content: int
    frame: int
    post: int | None = None


_CURRENT = select(ContentRevision.content, ContentRevision.frame)


def current() -> Revisions:
    """The revisions of the site as a whole."""
    row = db.session.execute(_CURRENT).one()
    return Revisions(row.content, row.frame)


def next_publication(now: datetime) -> datetime | None:
    """When the next of the scheduled posts and pages becomes public by itself."""
    coming = select(func.min(Post.published_at)).where(
        Post.status.in_(PUBLIC_STATUSES), Post.published_at > now
    )
    return db.session.scalar(coming)
