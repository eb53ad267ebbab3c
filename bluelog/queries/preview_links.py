"""Links to what is not public yet: those of a post, and the one that is asked for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bluelog.extensions import db
from bluelog.models import Post, PostStatus, PreviewLink
from bluelog.queries.posts import posts_editable_by

MOST_A_POST = 20


def preview_links_of(post: Post, at: datetime) -> Sequence[PreviewLink]:
    """The links to the post that work still, the newest first, with who made each."""
    live = select(PreviewLink).where(PreviewLink.post_id == post.id, PreviewLink.expires_at > at)
    newest = live.order_by(PreviewLink.id.desc()).limit(MOST_A_POST)
    return db.session.scalars(newest.options(joinedload(PreviewLink.user))).all()


def live_preview_link(link_id: int, at: datetime) -> PreviewLink | None:
    """The link with who made it, unless it has expired or was revoked."""
    query = select(PreviewLink).where(PreviewLink.id == link_id, PreviewLink.expires_at > at)
    return db.session.scalar(query.options(joinedload(PreviewLink.user)))


def post_shown_by(link: PreviewLink) -> Post | None:
    """What the link shows: no more than who made it may edit today, and nothing in the trash."""
    there = (Post.id == link.post_id, Post.status != PostStatus.TRASHED)
    query = posts_editable_by(link.user).where(*there)
    return db.session.scalar(query.options(joinedload(Post.category), joinedload(Post.cover)))
