"""Categories, links and the site itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bluelog.extensions import db
from bluelog.models import AuditEvent, Category, Link, Post, PostKind, Site, User
from bluelog.queries.posts import due_scheduled

# The subjects of acts that can be undone.
REVERSIBLE = ("comment", "post", "upload")


def site() -> Site | None:
    """The blog's settings, or None while it is not set up."""
    return db.session.scalar(select(Site).order_by(Site.id).limit(1))


def categories() -> Sequence[Category]:
    return db.session.scalars(select(Category).order_by(Category.name)).all()


def shelf() -> Sequence[Any]:
    """What readers' pages show of every category."""
    shown = select(Category.id, Category.name, Category.slug, Category.post_count)
    return db.session.execute(shown.order_by(Category.name)).all()


def category_by_slug(slug: str) -> Category | None:
    return db.session.scalar(select(Category).where(Category.slug == slug))


def category(category_id: int) -> Category | None:
    return db.session.get(Category, category_id)


def default_category() -> Category:
    """The category that posts fall back to; every set-up site has exactly one."""
    return db.session.scalars(select(Category).where(Category.is_default)).one()


def post_counts(listed: Sequence[Any], now: datetime) -> dict[int, int]:
    """Public posts by category: the kept counts, and those due that the worker has yet to count."""
    counts = {row.id: row.post_count for row in listed}
    due = due_scheduled(now).where(Post.kind == PostKind.POST)
    query = due.with_only_columns(Post.category_id, func.count()).group_by(Post.category_id)
    for category_id, extra in db.session.execute(query):
        if category_id is not None:
            counts[category_id] = counts.get(category_id, 0) + extra
    return counts


def links() -> Sequence[Link]:
    return db.session.scalars(select(Link).order_by(Link.name, Link.id)).all()


def links_shown() -> Sequence[Any]:
    """What readers' pages show of every link."""
    return db.session.execute(select(Link.name, Link.url).order_by(Link.name, Link.id)).all()


def link(link_id: int) -> Link | None:
    return db.session.get(Link, link_id)


def last_reversible_act(user: User) -> AuditEvent | None:
    """The latest thing this user did, if it can be undone and was not yet."""
    query = select(AuditEvent).where(AuditEvent.actor_id == user.id).order_by(AuditEvent.id.desc())
    act = db.session.scalar(query.limit(1))
    is_reversible = act is not None and act.subject in REVERSIBLE and act.before
    return act if act and is_reversible and act.reversed_at is None else None
