"""Addresses that lead elsewhere."""

from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import RedirectForm
from bluelog.blueprints.admin.rendering import dashboard_page, form_page, say
from bluelog.clock import now
from bluelog.queries import redirects as known
from bluelog.services import redirects
from bluelog.web.forms import carried_out
from bluelog.web.paging import window
from bluelog.web.visitor import signed_in

TEMPLATE = "admin/redirects/form.html"
_LONGEST_SEARCH = 200


@bp.get("/redirects")
def manage_redirects() -> Any:
    wanted = request.args.get("q", "").strip()[:_LONGEST_SEARCH]
    page = known.redirects_page(window("BLUELOG_MANAGE_POST_PER_PAGE"), wanted)
    return dashboard_page("admin/redirects/list.html", page=page, wanted=wanted)


@bp.route("/redirects/new", methods=["GET", "POST"])
def new_redirect() -> Any:
    """The form; `?path=` is where it begins, with the address that is written most like it."""
    form = RedirectForm()
    asked = request.args.get("path", "")
    if not form.is_submitted() and asked:
        form.path.data, form.target.data = asked, known.nearest_address(asked, now())
    made = carried_out(
        form,
        lambda: redirects.create(
            form.path.data,
            form.target.data,
            own_url=_own_url(),
            submission_id=form.submission_id.data,
            by=signed_in(),
            at=now(),
        ),
    )
    if made is None:
        return form_page(TEMPLATE, form, redirect=None, asked=asked)
    say(_("The redirect is made."))
    return redirect(url_for("admin.manage_missing" if asked else "admin.manage_redirects"), 303)


@bp.route("/redirects/<id:redirect_id>/edit", methods=["GET", "POST"])
def edit_redirect(redirect_id: int) -> Any:
    row = known.redirect_by_id(redirect_id) or abort(404)
    form = RedirectForm(obj=row)
    given: Any = {"own_url": _own_url(), "by": signed_in(), "at": now()}
    changed = carried_out(
        form,
        lambda: redirects.change(redirect_id, form.path.data, form.target.data, **given),
    )
    if changed is None:
        return form_page(TEMPLATE, form, redirect=known.redirect_by_id(redirect_id), asked="")
    say(_("The redirect is changed."))
    return redirect(url_for("admin.manage_redirects"), 303)


@bp.post("/redirects/<id:redirect_id>/deletion")
def delete_redirect(redirect_id: int) -> Response:
    redirects.delete(redirect_id, by=signed_in(), at=now())
    say(_("The redirect is deleted."))
    return redirect(url_for("admin.manage_redirects"), 303)


def _own_url() -> str:
    return str(current_app.config["BLUELOG_URL"] or request.host_url.rstrip("/"))
