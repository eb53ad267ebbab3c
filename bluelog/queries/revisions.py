"""How often what readers see has changed."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, union_all

from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, ContentRevision, Post
from bluelog.queries.rows import rows


class Revisions(NamedTuple):
    """The figures that a cached page is compared by; `post` is that of its own post, if any."""

    content: int
    frame: int
    post: int | None = None


_CURRENT = select(ContentRevision.content, ContentRevision.frame)


def current() -> Revisions:
    """The revisions of the site as a whole."""
    row = rows(_CURRENT).one()
    return Revisions(row.content, row.frame)


def next_publication(now: datetime) -> datetime | None:
    """When the next of the scheduled posts and pages becomes public by itself."""
    coming = [
        select(func.min(Post.published_at)).where(Post.status == status, Post.published_at > now)
        for status in PUBLIC_STATUSES
    ]
    return min(filter(None, db.session.scalars(union_all(*coming))), default=None)
