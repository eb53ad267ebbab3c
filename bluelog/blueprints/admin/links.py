"""Other people's sites."""

from typing import Any

from flask import abort, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import LinkForm
from bluelog.blueprints.admin.rendering import dashboard_page, form_page, say
from bluelog.clock import now
from bluelog.queries import frame
from bluelog.services import links
from bluelog.web.forms import carried_out
from bluelog.web.visitor import signed_in

TEMPLATE = "admin/links/form.html"


@bp.get("/links")
def manage_links() -> Any:
    return dashboard_page("admin/links/list.html", links=frame.links())


@bp.route("/links/new", methods=["GET", "POST"])
def new_link() -> Any:
    form = LinkForm()
    made = carried_out(
        form,
        lambda: links.create(
            form.name.data,
            form.url.data,
            submission_id=form.submission_id.data,
            by=signed_in(),
            at=now(),
        ),
    )
    if made is None:
        return form_page(TEMPLATE, form, link=None)
    return _done(_("The link is added."))


@bp.route("/links/<id:link_id>/edit", methods=["GET", "POST"])
def edit_link(link_id: int) -> Any:
    link = frame.link(link_id) or abort(404)
    form = LinkForm(obj=link)
    changed = carried_out(
        form,
        lambda: links.change(link_id, form.name.data, form.url.data, by=signed_in(), at=now()),
    )
    if changed is None:
        return form_page(TEMPLATE, form, link=frame.link(link_id))
    return _done(_("The link is changed."))


@bp.post("/links/<id:link_id>/deletion")
def delete_link(link_id: int) -> Response:
    links.delete(link_id, by=signed_in(), at=now())
    return _done(_("The link is deleted."))


def _done(message: str) -> Response:
    say(message)
    return redirect(url_for("admin.manage_links"), 303)
