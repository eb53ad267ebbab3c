"""Pages that are under others, one level deep.

Beside posts, pages are few on any blog, as categories are: an imprint, not what is written every
day. So all of them are offered where one is chosen, here and for a menu, and the sitemap lists all.
What people read asks for one by its key, and for those under it.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from bluelog.extensions import db
from bluelog.models import Post, PostKind, PostStatus
from bluelog.queries.posts import LINKED, is_shown
from bluelog.queries.rows import rows

# The pages under one are listed on it, and renamed with it.
MOST_SUBPAGES = 200
_PLACE = (Post.position, Post.id)


def parent_of(page: Post, now: datetime) -> Any | None:
    """What a link to the page that this one is under shows; None where readers see no such page."""
    if page.parent_id is None:
        return None
    parent = rows(_by_id(), {"page_id": page.parent_id}).one_or_none()
    return parent if parent is not None and is_shown(parent, now) else None


def subpages_of(page: Post, now: datetime) -> list[Any]:
    """What links to the public pages under this one show, in their order."""
    if page.kind != PostKind.PAGE or page.id is None or page.parent_id is not None:
        return []
    return [row for row in rows(_under(), {"page_id": page.id}) if is_shown(row, now)]


def has_subpages(page: Post | None) -> bool:
    """Whether any page is under this one, in whatever state it is."""
    if page is None or page.kind != PostKind.PAGE:
        return False
    return db.session.scalar(select(Post.id).where(Post.parent_id == page.id).limit(1)) is not None


def possible_parents(page: Post | None) -> list[Any]:
    """The pages that this one, or a new one, may be put under, and the one that it is under."""
    if has_subpages(page):
        return []
    found = [row for row in db.session.execute(_pages()) if _may_be_above(row, page)]
    return sorted(found, key=lambda row: (row.position, row.id))


def _may_be_above(row: Any, page: Post | None) -> bool:
    if page is not None and row.id in (page.id, page.parent_id):
        return bool(row.id == page.parent_id)
    return row.parent_id is None and row.status != PostStatus.TRASHED


def page_by_id(page_id: int | None) -> Post | None:
    """The page of that id, in whatever state it is."""
    page = db.session.get(Post, page_id) if page_id else None
    return page if page is not None and page.kind == PostKind.PAGE else None


def parent_titles(posts: Iterable[Post]) -> dict[int, Any]:
    """Title and language of the pages that some of these are under, by their ids."""
    ids = {post.parent_id for post in posts if post.parent_id is not None}
    if not ids:
        return {}
    shown = select(Post.id, Post.title, Post.language).where(Post.id.in_(ids))
    return {row.id: row for row in db.session.execute(shown)}


@cache
def _by_id() -> Select[Any]:
    return select(*LINKED).where(Post.id == bindparam("page_id"))


@cache
def _under() -> Select[Any]:
    return select(*LINKED).where(Post.parent_id == bindparam("page_id")).order_by(*_PLACE)


@cache
def _pages() -> Select[Any]:
    columns: tuple[Any, ...] = (Post.id, Post.title, Post.parent_id, Post.status, Post.position)
    # What is under which is left to be seen in the rows: by the index of that, where nearly every
    # post is under nothing, SQLite would go through all of them.
    return select(*columns).where(Post.kind == PostKind.PAGE)
