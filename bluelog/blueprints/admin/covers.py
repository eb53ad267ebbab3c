"""Choosing a cover from the library without scripts: the editor's form goes along unsaved."""

from typing import Any

from flask import abort, request, url_for

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.library import PER_PAGE
from bluelog.blueprints.admin.posts import asked_kind, editable_post, editor_page
from bluelog.blueprints.admin.rendering import dashboard_page
from bluelog.blueprints.admin.transitions import sent_form
from bluelog.models import Post
from bluelog.queries import library
from bluelog.queries.library import Wish
from bluelog.queries.paging import Window
from bluelog.queries.word_search import words_of
from bluelog.text.ids import id_in
from bluelog.web.visitor import signed_in

# What this page itself asks for; all other fields are carried through it.
OWN_FIELDS = frozenset({"csrf_token", "cover_search", "cover_after"})


@bp.post("/posts/covers")
def choose_cover() -> Any:
    """The pictures, each a button that leads back to the editor; nothing is saved."""
    post = _asked_post()
    form = sent_form(post)
    person = signed_in()
    sought = request.form.get("cover_search", "").strip()[:200]
    after = request.form.get("cover_after") or None
    page = library.library_page(person, Wish("", words_of(sought)), Window(PER_PAGE, after=after))
    carried = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in OWN_FIELDS | {"cover_id", "remove_cover"}
    ]
    return dashboard_page(
        "admin/library/covers.html",
        page=page,
        sought=sought,
        carried=carried,
        cover_id=form.cover_id.data,
        back=url_for("admin.show_unsaved", **_asked()),
        here=url_for("admin.choose_cover", **_asked()),
    )


@bp.post("/posts/unsaved")
def show_unsaved() -> Any:
    """The editor as it was left, with another cover; it is not saved."""
    post = _asked_post()
    form = sent_form(post)
    return editor_page(form, post, kind=None if post else asked_kind())


def _asked() -> dict[str, Any]:
    return {name: value for name in ("post", "kind") if (value := request.args.get(name))}


def _asked_post() -> Post | None:
    """The post in the address, if the person may edit it; None for a new one."""
    asked = request.args.get("post", "")
    if not asked:
        asked_kind()
        return None
    return editable_post(id_in(asked) or abort(404))
