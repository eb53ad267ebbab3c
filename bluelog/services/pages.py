"""Where pages are: under which other one, in which order. Each runs in an open unit of work."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Post, PostKind, PostStatus
from bluelog.queries.pages import MOST_SUBPAGES, has_subpages, page_by_id
from bluelog.services import slugs


def put_under(post: Post, parent_id: int | None, position: int | None) -> None:
    """Put a page under another one, 0 for none, at a place among what is there.

    None leaves either as it is; where one comes to without a place, it is the last. Posts are under
    nothing. Raises RuleBroken("parent").
    """
    if post.kind != PostKind.PAGE:
        return
    is_new = post.position is None
    with db.session.no_autoflush:
        is_moved = parent_id is not None and (parent_id or None) != post.parent_id
        if is_moved:
            parent = _possible_parent(post, parent_id) if parent_id else None
            post.parent_id = parent.id if parent else None
            post.parent_slug = parent.slug if parent else None
        if position is not None:
            post.position = position
        elif is_new or is_moved:
            post.position = _last_position(post)


def is_as_asked(post: Post, parent_id: int | None, position: int | None) -> bool:
    """Whether the page is there."""
    if post.kind != PostKind.PAGE:
        return True
    is_there = parent_id is None or (parent_id or None) == post.parent_id
    return is_there and position in (None, post.position)


def readdress(post: Post, former: str, at: datetime) -> None:
    """Keep the former path of a post working, and those of the pages under it."""
    if former == post.path:
        return
    if post.kind == PostKind.PAGE and slugs.leads_to_another(post.slug, post):
        raise RuleBroken("parent", slugs.ANOTHERS)
    _lead_on(post, former, at)
    for child in _under([post.id]) if post.kind == PostKind.PAGE and post.id else ():
        before = child.path
        child.parent_slug = post.slug
        if slugs.leads_to_another(child.slug, child):
            raise RuleBroken("slug", _l("A page under this one would take an address of another."))
        _lead_on(child, before, at)


def let_go(ids: Sequence[int], at: datetime) -> None:
    """Have the pages under these stand by themselves, before these are deleted.

    What would take another page's former address, or one of the site's own, gets a new one.
    """
    for child in _under(ids):
        before = child.path
        child.parent_id = child.parent_slug = None
        if not slugs.is_free(child.slug, child):
            child.slug = slugs.post_slug(child, "")
        if child.id not in ids:
            _lead_on(child, before, at)
    db.session.flush()  # Their own deletion asks for what is under them.


def _lead_on(post: Post, former: str, at: datetime) -> None:
    # What never was public has no address that anyone knows.
    if post.published_at is not None or post.was_public:
        slugs.moved(former, post.path, at)


def _possible_parent(post: Post, parent_id: int) -> Post:
    parent = page_by_id(parent_id)
    if parent is None or parent.status == PostStatus.TRASHED or parent.parent_id is not None:
        raise RuleBroken("parent", _l("This page is gone or under another one. Choose another."))
    if parent.id == post.id:
        raise RuleBroken("parent", _l("A page cannot be under itself."))
    if post.id is not None and has_subpages(post):
        raise RuleBroken("parent", _l("There are pages under this one, so it stays at the top."))
    count = select(func.count()).where(Post.parent_id == parent_id)
    if (db.session.scalar(count) or 0) >= MOST_SUBPAGES:
        full = _l("There are %(most)d pages under this one already.", most=MOST_SUBPAGES)
        raise RuleBroken("parent", full)
    return parent


def _last_position(post: Post) -> int:
    """The number that follows those of the pages beside it."""
    # At the top it may as well follow all of them: what is under nothing is nearly every post.
    is_beside = Post.parent_id == post.parent_id if post.parent_id else Post.kind == PostKind.PAGE
    return (db.session.scalar(select(func.max(Post.position)).where(is_beside)) or 0) + 1


def _under(ids: Iterable[int]) -> Sequence[Post]:
    children = select(Post).where(Post.parent_id.in_(list(ids))).order_by(Post.id)
    return db.session.scalars(children.with_for_update()).all()
