"""The menus of readers' pages."""

from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import EntryForm, NewEntryForm
from bluelog.blueprints.admin.rendering import dashboard_page, form_page, say
from bluelog.clock import now
from bluelog.models import EntryKind, Menu, Tag
from bluelog.queries import frame, tags
from bluelog.queries import menus as queries
from bluelog.services import menus
from bluelog.text.ids import id_in
from bluelog.web.forms import carried_out
from bluelog.web.menus import entry_name
from bluelog.web.visitor import signed_in

MOST_TAGS = 100
TEMPLATE = "admin/menus/form.html"


@bp.get("/menus")
def manage_menus() -> Any:
    has_links = bool(frame.links_shown())
    return dashboard_page("admin/menus/list.html", menus=queries.menus(now()), has_links=has_links)


@bp.route("/menus/new", methods=["GET", "POST"])
def new_menu_item() -> Any:
    asked = request.values.get("target", "")
    form = NewEntryForm().offer(queries.page_choices(), frame.categories(), _tags(asked))
    if not form.is_submitted():
        form.target.data = asked or form.target.data
        if request.args.get("menu") in tuple(Menu):
            form.menu.data = request.args["menu"]
    made = carried_out(
        form,
        lambda: menus.add(
            form.menu.data,
            form.target.data or "",
            url=form.url.data or "",
            label=form.label.data or "",
            submission_id=form.submission_id.data,
            by=signed_in(),
            at=now(),
        ),
    )
    if made is None:
        return form_page(TEMPLATE, form, entry=None)
    return _done(_("The entry is in the menu."), made.menu)


@bp.route("/menus/<id:item_id>/edit", methods=["GET", "POST"])
def edit_menu_item(item_id: int) -> Any:
    entry = queries.entry_by_id(item_id, now()) or abort(404)
    form = EntryForm(obj=entry)
    changed = carried_out(
        form,
        lambda: menus.change(
            item_id,
            label=form.label.data or "",
            url=form.url.data or "",
            by=signed_in(),
            at=now(),
        ),
    )
    if changed is None:
        return form_page(TEMPLATE, form, entry=entry)
    return _done(_("The entry is changed."), entry.menu)


@bp.post("/menus/<id:item_id>/earlier")
def move_menu_item_up(item_id: int) -> Response:
    menu = menus.move(item_id, -1, by=signed_in(), at=now()).menu
    return redirect(url_for("admin.manage_menus", _anchor=f"{menu}-menu"), 303)


@bp.post("/menus/<id:item_id>/later")
def move_menu_item_down(item_id: int) -> Response:
    menu = menus.move(item_id, 1, by=signed_in(), at=now()).menu
    return redirect(url_for("admin.manage_menus", _anchor=f"{menu}-menu"), 303)


@bp.post("/menus/<id:item_id>/removal")
def remove_menu_item(item_id: int) -> Response:
    entry = queries.entry_by_id(item_id, now()) or abort(404)
    menus.remove(item_id, by=signed_in(), at=now())
    told = _(
        "“%(name)s” is out of the menu. What it led to is still there, and can be added again.",
        name=entry_name(entry),
    )
    return _done(told, entry.menu)


def _tags(asked: str) -> list[Tag]:
    """Those that most posts have, and the one that is asked for."""
    named = [tag for tag, _count in tags.most_used(now(), MOST_TAGS)]
    kind, _colon, number = asked.partition(":")
    tag_id = id_in(number) if kind == EntryKind.TAG else None
    one = tags.tag(tag_id) if tag_id else None
    return [*named, one] if one and one not in named else named


def _done(message: str, menu: str = Menu.MAIN) -> Response:
    say(message)
    return redirect(url_for("admin.manage_menus", _anchor=f"{menu}-menu"), 303)
