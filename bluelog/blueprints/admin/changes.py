"""Undoing."""

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.rendering import say
from bluelog.clock import now
from bluelog.services import changes
from bluelog.web.redirects import local_path
from bluelog.web.visitor import viewer


@bp.post("/changes/<id:audit_id>/reversal")
def reversal(audit_id: int) -> Response:
    """Put everything back as it was before that act."""
    changes.reverse(audit_id, by=viewer() or abort(401), at=now())
    say(_("It is as it was before."))
    return redirect(local_path(request.referrer) or url_for("admin.index"), 303)
