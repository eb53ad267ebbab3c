"""Undoing."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.rendering import say
from bluelog.clock import now
from bluelog.services import changes
from bluelog.web.redirects import local_path
from bluelog.web.visitor import signed_in


@bp.post("/changes/<id:audit_id>/reversal")
def reversal(audit_id: int) -> Response:
    """Put back what is still as that act left it."""
    reversal = changes.reverse(audit_id, by=signed_in(), at=now())
    if reversal.done:
        say(_("It is as it was before."))
    if reversal.left:
        message = ngettext(
            "One was changed by somebody since, and stays as it is.",
            "%(num)d were changed by somebody since, and stay as they are.",
            reversal.left,
        )
        say(message, refused=True)
    return redirect(local_path(request.referrer) or url_for("admin.index"), 303)
