"""What the entries of menus are called and where they lead."""

from typing import Any

from flask import Flask, has_request_context, request

from bluelog.i18n import lazy_gettext as _l
from bluelog.queries.menus import Entry
from bluelog.web.templating import address, post_url

NAMES: dict[str, Any] = {
    "home": _l("Home"),
    "archive": _l("Archive"),
    "links": _l("Links"),
    "search": _l("Search"),
}
_ENDPOINTS = {
    "home": "blog.index",
    "archive": "blog.show_archive",
    "links": "blog.show_links",
    "search": "blog.search",
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
    if entry.kind in _ENDPOINTS:
        return address(_ENDPOINTS[entry.kind])
    if not entry.path:
        return ""
    match entry.kind:
        case "page":
            return post_url(entry.page)
        case "category":
            return address("blog.show_category", slug=entry.slug)
        case "tag":
            return address("blog.show_tag", slug=entry.slug)
    is_within = entry.url.startswith("/") and has_request_context()
    return request.root_path + entry.url if is_within else entry.url
