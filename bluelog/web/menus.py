"""What the entries of menus are called and where they lead."""

from typing import Any
from urllib.parse import quote

from flask import Flask, has_request_context, request

from bluelog.i18n import lazy_gettext as _l
from bluelog.queries.menus import Entry

NAMES: dict[str, Any] = {
    "home": _l("Home"),
    "archive": _l("Archive"),
    "links": _l("Links"),
    "search": _l("Search"),
}
# What an entry was of that leads to nothing any more.
_GONE: dict[str, Any] = {
    "page": _l("A page that was deleted"),
    "category": _l("A category that was deleted"),
    "tag": _l("A tag that was deleted"),
}


def init_app(app: Flask) -> None:
    """Let templates tell it."""
    app.jinja_env.globals.update(entry_name=entry_name, entry_url=entry_url)


def entry_name(entry: Entry) -> str:
    """What it is called, in the visitor's language where it is a page of every blog."""
    return str(entry.label or entry.name or NAMES.get(entry.kind) or _GONE[entry.kind])


def entry_url(entry: Entry) -> str:
    """Where it leads; empty where that is gone."""
    path = entry.url if entry.kind == "url" else quote(entry.path)
    is_within = path.startswith("/") and has_request_context()
    return request.root_path + path if is_within else path
