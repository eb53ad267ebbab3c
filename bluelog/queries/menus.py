"""What the menus lead to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from bluelog.extensions import db
from bluelog.models import (
    Category,
    EntryKind,
    Menu,
    MenuItem,
    Post,
    PostKind,
    PostStatus,
    PostTag,
    Tag,
)
from bluelog.models.base import UTCDateTime
from bluelog.queries.posts import is_shown
from bluelog.queries.rows import rows
from bluelog.text.urls import post_path

_BUILT_IN = {
    EntryKind.HOME: "/",
    EntryKind.ARCHIVE: "/archive",
    EntryKind.LINKS: "/links",
    EntryKind.SEARCH: "/search",
}


@dataclass(frozen=True)
class Entry:
    """An entry of a menu; `name` is what it leads to is called, empty for a page of every blog.

    `path` is its address within the site, or the whole one; empty where it leads to nothing.
    """

    id: int
    menu: str
    kind: str
    label: str
    url: str
    name: str
    language: str
    path: str
    is_public: bool


def menus(now: datetime) -> dict[str, list[Entry]]:
    """Every entry of each menu in its order."""
    found: dict[str, list[Entry]] = {menu: [] for menu in Menu}
    for row in rows(_entries(), {"now": now}):
        found[row.menu].append(_entry(row, now))
    return found


def shown(now: datetime, *, with_links: bool) -> dict[str, list[Entry]]:
    """What readers see of them; a list of links that has none is left out."""
    return {
        menu: [entry for entry in entries if entry.is_public and _has(entry, with_links=with_links)]
        for menu, entries in menus(now).items()
    }


def entry_by_id(item_id: int, now: datetime) -> Entry | None:
    """The entry of that id."""
    every = (entry for entries in menus(now).values() for entry in entries)
    return next((entry for entry in every if entry.id == item_id), None)


def is_in_main_menu(post: Post) -> bool:
    """Whether the main menu has an entry for the page."""
    its_own = (MenuItem.menu == Menu.MAIN, MenuItem.post_id == post.id)
    return db.session.scalar(select(MenuItem.id).where(*its_own).limit(1)) is not None


def page_choices() -> list[Any]:
    """The pages that a menu may lead to, by title."""
    there = select(Post.id, Post.title).where(Post.kind == PostKind.PAGE)
    found: Iterable[Any] = db.session.execute(there.where(Post.status != PostStatus.TRASHED))
    return sorted(found, key=lambda row: str(row.title).casefold())


def _has(entry: Entry, *, with_links: bool) -> bool:
    return with_links or entry.kind != EntryKind.LINKS


def _entry(row: Any, now: datetime) -> Entry:
    its_own = {"page": row.title, "category": row.category_name, "tag": row.tag_name}
    path = _path(row)
    return Entry(
        id=row.id,
        menu=row.menu,
        kind=row.kind,
        label=row.label,
        url=row.url,
        name=its_own.get(row.kind) or "",
        language=row.language or "",
        path=path,
        is_public=bool(path) and _is_public(row, now),
    )


def _is_public(row: Any, now: datetime) -> bool:
    if row.kind == EntryKind.TAG:
        return bool(row.tag_is_public)
    return row.kind != EntryKind.PAGE or is_shown(row, now)


def _path(row: Any) -> str:
    match row.kind:
        case EntryKind.PAGE:
            return post_path(row.post_kind, row.post_slug, row.parent_slug) if row.post_id else ""
        case EntryKind.CATEGORY:
            return f"/category/{row.category_slug}" if row.category_slug else ""
        case EntryKind.TAG:
            return f"/tag/{row.tag_slug}" if row.tag_slug else ""
        case EntryKind.URL:
            return str(row.url)
    return _BUILT_IN[row.kind]


@cache
def _entries() -> Select[Any]:
    now: Any = bindparam("now", type_=UTCDateTime)
    public = select(PostTag.tag_id).where(PostTag.tag_id == MenuItem.tag_id)
    public = public.where(PostTag.public_at <= now)
    columns: tuple[Any, ...] = (
        *(MenuItem.id, MenuItem.menu, MenuItem.kind, MenuItem.label, MenuItem.url),
        *(MenuItem.post_id, Post.kind.label("post_kind"), Post.slug.label("post_slug")),
        *(Post.parent_slug, Post.title, Post.language, Post.status, Post.published_at),
        *(Category.name.label("category_name"), Category.slug.label("category_slug")),
        *(Tag.name.label("tag_name"), Tag.slug.label("tag_slug")),
        public.exists().label("tag_is_public"),
    )
    joined = (
        select(*columns)
        .select_from(MenuItem)
        .outerjoin(Post, Post.id == MenuItem.post_id)
        .outerjoin(Category, Category.id == MenuItem.category_id)
        .outerjoin(Tag, Tag.id == MenuItem.tag_id)
    )
    return joined.order_by(MenuItem.menu, MenuItem.position, MenuItem.id)
