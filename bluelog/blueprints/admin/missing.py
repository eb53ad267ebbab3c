"""Addresses that people asked for in vain."""

from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.rendering import dashboard_page, say
from bluelog.clock import now
from bluelog.queries import redirects as known
from bluelog.services import missing
from bluelog.web.paging import window
from bluelog.web.visitor import signed_in


@bp.get("/redirects/missing")
def manage_missing() -> Any:
    ignored = request.args.get("ignored") == "1"
    page = known.missing_page(window("BLUELOG_MANAGE_POST_PER_PAGE"), ignored=ignored)
    return dashboard_page(
        "admin/redirects/missing.html", page=page, ignored=ignored, most=missing.MOST_KEPT
    )


@bp.post("/redirects/missing/<id:address_id>/dismissal")
def ignore_missing(address_id: int) -> Response:
    missing.set_ignored(address_id, ignored=True, by=signed_in(), at=now())
    say(_("This address is ignored from now on."))
    return redirect(url_for("admin.manage_missing"), 303)


@bp.post("/redirects/missing/<id:address_id>/recall")
def regard_missing(address_id: int) -> Response:
    missing.set_ignored(address_id, ignored=False, by=signed_in(), at=now())
    say(_("This address is listed again."))
    return redirect(url_for("admin.manage_missing"), 303)
