"""Where the blog is written and run. Closed by default: an area is open to whom AREAS says."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from bluelog.models import User
from bluelog.queries.paging import EmptyPage
from bluelog.web.guards import SAFE_METHODS
from bluelog.web.visitor import viewer

bp = Blueprint("admin", __name__, url_prefix="/admin")

# Who may enter which area; an area is a module of views.
AREAS: dict[str, Callable[[User], bool]] = {
    "dashboard": lambda user: user.may_write,
    "posts": lambda user: user.may_write,
    "several": lambda user: user.may_write,
    "transitions": lambda user: user.may_write,
    "conversion": lambda user: user.may_write,
    "preview": lambda user: user.may_write,
    "preview_links": lambda user: user.may_write,
    "checking": lambda user: user.may_write,
    "revisions": lambda user: user.may_write,
    "working_copies": lambda user: user.may_write,
    "changes": lambda user: user.may_write,
    "uploads": lambda user: user.may_publish,
    "library": lambda user: user.may_publish,
    "covers": lambda user: user.may_publish,
    "comments": lambda user: user.may_publish,
    "categories": lambda user: user.may_edit_everything,
    "pins": lambda user: user.may_edit_everything,
    "series": lambda user: user.may_edit_everything,
    "tags": lambda user: user.may_edit_everything,
    "links": lambda user: user.may_edit_everything,
    "menus": lambda user: user.may_edit_everything,
    "redirects": lambda user: user.may_edit_everything,
    "missing": lambda user: user.may_edit_everything,
    "reads": lambda user: user.may_write,
    "site_reads": lambda user: user.may_edit_everything,
    "people": lambda user: user.is_administrator,
    "settings": lambda user: user.is_administrator,
    "health": lambda user: user.is_administrator,
    "old_addresses": lambda user: user.may_write,
}


@bp.before_request
def check_role() -> Response | None:
    """Ask a stranger to sign in; refuse whose role lacks the area."""
    person = viewer()
    if person is None:
        if request.method not in SAFE_METHODS:
            abort(401)
        return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")))
    if not area_is_open(str(request.endpoint), person):
        abort(403)
    return None


@bp.errorhandler(EmptyPage)
def start_again(_error: EmptyPage) -> Response:
    """Lead to the list's start, with its filter: what stood at that position was dealt with."""
    kept = {name: text for name, text in request.args.items() if name not in ("before", "after")}
    return redirect(f"{request.path}?{urlencode(kept)}".rstrip("?"))


def area_is_open(endpoint: str, person: User) -> bool:
    """Whether the person's role has the area of that endpoint."""
    view = current_app.view_functions[endpoint]
    area = view.__module__.rpartition(".")[2]
    return area in AREAS and AREAS[area](person)


from bluelog.blueprints.admin import (  # noqa: E402, F401  (the views hang themselves on bp)
    categories,
    changes,
    checking,
    comments,
    conversion,
    covers,
    dashboard,
    health,
    library,
    links,
    menus,
    missing,
    old_addresses,
    people,
    pins,
    posts,
    preview,
    preview_links,
    reads,
    redirects,
    revisions,
    series,
    settings,
    several,
    site_reads,
    tags,
    transitions,
    uploads,
    working_copies,
)
