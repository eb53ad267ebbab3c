"""Serialising what must not happen twice at once."""

from sqlalchemy import select

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.models import Post, Site, User
from bluelog.queries.posts import posts_editable_by


def lock_site() -> None:
    """Hold the site's row until the unit of work ends; SQLite's writers wait anyway."""
    db.session.execute(select(Site.id).with_for_update())


def locked_post(post_id: int, by: User) -> Post:
    """The post as it is now, held until the unit of work ends, if the user may change it.

    Raises NotFound.
    """
    query = posts_editable_by(by).where(Post.id == post_id).with_for_update()
    post: Post | None = db.session.scalar(query.execution_options(populate_existing=True))
    if post is None:
        raise NotFound
    return post
