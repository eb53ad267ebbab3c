"""The menus of readers' pages: what is in them, what it is called, in which order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import (
    Category,
    EntryKind,
    Menu,
    MenuItem,
    Post,
    PostKind,
    PostStatus,
    Tag,
    User,
)
from bluelog.queries.menus import is_in_main_menu
from bluelog.services.locks import lock_site
from bluelog.text.ids import id_in
from bluelog.text.urls import is_menu_address
from bluelog.uow import record, unit_of_work

MOST_ENTRIES = 50
# After these a page comes into the menu: before what every blog has at its end.
_BEFORE_PAGES = (EntryKind.HOME, EntryKind.PAGE)
_MODELS: dict[str, Any] = {
    EntryKind.PAGE: Post,
    EntryKind.CATEGORY: Category,
    EntryKind.TAG: Tag,
}
_COLUMNS = {
    EntryKind.PAGE: "post_id",
    EntryKind.CATEGORY: "category_id",
    EntryKind.TAG: "tag_id",
}


def add(
    menu: str,
    target: str,
    *,
    url: str = "",
    label: str = "",
    by: User,
    at: datetime,
    submission_id: str | None = None,
) -> MenuItem:
    """Put an entry at the end of a menu; the same submission again answers with what it made.

    `target` is a kind, with a colon and the id of the row where the kind is of rows. Raises
    RuleBroken for "target", "url", "label" or "menu".
    """
    with unit_of_work():
        _hold(by)
        if submission_id and (known := _submitted(submission_id)):
            return known
        if menu not in tuple(Menu):
            raise RuleBroken("menu", _l("Choose one of the menus."))
        item = MenuItem(menu=menu, submission_id=submission_id)
        item.kind, column, row_id = _target(target)
        if column:
            setattr(item, column, row_id)
        _describe(item, label, url)
        entries = _entries(menu)
        _check_room(entries)
        if any(_same(item, other) for other in entries):
            raise RuleBroken("target", _l("This menu leads there already."))
        _arrange([*entries, item])
        db.session.add(item)
        db.session.flush()  # The trail names the new row.
        record(Act("menu.changed", by.id, at, "menu", item.id))
    return item


def change(item_id: int, *, label: str, url: str, by: User, at: datetime) -> MenuItem:
    """Give an entry another label, or none, and another address if it has one of its own.

    Raises RuleBroken for "url" or "label".
    """
    with unit_of_work():
        item = _managed(item_id, by)
        _describe(item, label, url)
        others = [other for other in _entries(item.menu) if other.id != item.id]
        if item.kind == EntryKind.URL and any(_same(item, other) for other in others):
            raise RuleBroken("url", _l("This menu leads there already."))
        record(Act("menu.changed", by.id, at, "menu", item.id))
    return item


def move(item_id: int, steps: int, *, by: User, at: datetime) -> MenuItem:
    """Move an entry so many places down, or up if there are less than none; at the end it stays."""
    with unit_of_work():
        item = _managed(item_id, by)
        entries = _entries(item.menu)
        place = entries.index(item)
        entries.insert(max(0, place + steps), entries.pop(place))
        _arrange(entries)
        record(Act("menu.changed", by.id, at, "menu", item.id))
    return item


def remove(item_id: int, *, by: User, at: datetime) -> None:
    """Take an entry out of its menu; what it leads to stays."""
    with unit_of_work():
        item = _managed(item_id, by)
        record(Act("menu.changed", by.id, at, "menu", item.id))
        db.session.delete(item)


def show_page(post: Post, *, is_in: bool | None) -> None:
    """Have a page in the main menu or not, within the unit of work that is open; None leaves it.

    Raises RuleBroken("in_menu") where the menu is full.
    """
    if is_in is None or post.kind != PostKind.PAGE or is_in == is_in_main_menu(post):
        return
    entries = _entries(Menu.MAIN)
    if not is_in:
        for item in entries:
            if item.post_id == post.id:
                db.session.delete(item)
        return
    _check_room(entries, field="in_menu")
    item = MenuItem(menu=Menu.MAIN, kind=EntryKind.PAGE, post_id=post.id, url="", label="")
    last = max((n for n, e in enumerate(entries, 1) if e.kind in _BEFORE_PAGES), default=None)
    entries.insert(len(entries) if last is None else last, item)
    _arrange(entries)
    db.session.add(item)


def follow(tag: Tag, target: Tag) -> None:
    """Have entries lead to the tag that another is merged into, within the unit of work."""
    items = db.session.scalars(select(MenuItem).where(MenuItem.tag_id == tag.id)).all()
    taken = set(db.session.scalars(select(MenuItem.menu).where(MenuItem.tag_id == target.id)))
    for item in items:
        if item.menu in taken:
            db.session.delete(item)
        else:
            item.tag_id = target.id


def is_as_asked(post: Post, *, is_in: bool | None) -> bool:
    """Whether the page is in the main menu, or not, as asked."""
    return is_in is None or post.kind != PostKind.PAGE or is_in == is_in_main_menu(post)


def _target(asked: str) -> tuple[str, str, int | None]:
    """Kind of an entry, and the column and the id of what it leads to."""
    kind, _, number = asked.partition(":")
    if kind not in _MODELS:
        if kind not in tuple(EntryKind) or number:
            raise RuleBroken("target", _NOTHING)
        return kind, "", None
    row_id = id_in(number)
    row = db.session.get(_MODELS[kind], row_id) if row_id else None
    is_page = isinstance(row, Post)
    if row is None or (is_page and (row.kind != PostKind.PAGE or row.status == PostStatus.TRASHED)):
        raise RuleBroken("target", _NOTHING)
    return kind, _COLUMNS[EntryKind(kind)], row_id


def _describe(item: MenuItem, label: str, url: str) -> None:
    item.label, item.url = label, url if item.kind == EntryKind.URL else ""
    if item.kind != EntryKind.URL:
        return
    if not is_menu_address(url):
        raise RuleBroken(
            "url", _l("Write an address that begins with https://, http://, mailto: or one slash.")
        )
    if not label:
        raise RuleBroken("label", _l("An address of your own needs a label."))


def _same(item: MenuItem, other: MenuItem) -> bool:
    names = ("kind", "post_id", "category_id", "tag_id", "url")
    return all(getattr(item, name) == getattr(other, name) for name in names)


def _check_room(entries: Sequence[MenuItem], *, field: str = "menu") -> None:
    if len(entries) >= MOST_ENTRIES:
        full = _l("This menu has %(most)d entries already. Take one out first.", most=MOST_ENTRIES)
        raise RuleBroken(field, full)


def _arrange(entries: Sequence[MenuItem]) -> None:
    for place, item in enumerate(entries, 1):
        item.position = place


def _entries(menu: str) -> list[MenuItem]:
    ordered = select(MenuItem).where(MenuItem.menu == menu)
    return list(db.session.scalars(ordered.order_by(MenuItem.position, MenuItem.id)))


def _hold(by: User) -> None:
    lock_site()
    if not by.may_edit_everything:
        raise NotAllowed


def _submitted(submission_id: str) -> MenuItem | None:
    return db.session.scalar(select(MenuItem).where(MenuItem.submission_id == submission_id))


def _managed(item_id: int, by: User) -> MenuItem:
    _hold(by)
    item = db.session.get(MenuItem, item_id)
    if item is None:
        raise NotFound
    return item


_NOTHING = _l("Choose something that is there.")
