"""Links by which outsiders read what is not public yet: made and revoked within the editor.

Each sends the editor's whole form, which comes back with everything typed.
"""

import re
from collections.abc import Callable
from typing import Any

from flask import request
from flask_babel import gettext as _

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.posts import editable_post, editor_page
from bluelog.blueprints.admin.rendering import say
from bluelog.blueprints.admin.transitions import sent_form
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.services import preview_links
from bluelog.web.visitor import viewer


@bp.post("/posts/<id:post_id>/preview-links")
def make_preview_link(post_id: int) -> Any:
    days = request.form.get("preview_days", type=int) or 0
    submission_id = request.form.get("preview_submission", "")

    def make() -> None:
        if not re.fullmatch(r"[\w-]{16,64}", submission_id, re.ASCII):
            raise RuleBroken(None, _("Open this page anew and make the link once more."))
        person: Any = viewer()
        preview_links.make(post_id, days=days, submission_id=submission_id, by=person, at=now())

    return _done(post_id, make, _("The link is made. Copy it from the list of preview links."))


@bp.post("/posts/<id:post_id>/preview-links/<id:preview_id>/revocation")
def revoke_preview_link(post_id: int, preview_id: int) -> Any:
    person: Any = viewer()
    revoke = lambda: preview_links.revoke(post_id, preview_id, by=person, at=now())  # noqa: E731
    return _done(post_id, revoke, _("The link works no more."))


def _done(post_id: int, verb: Callable[[], None], message: str) -> Any:
    """The editor as it was sent, after what was asked beside it."""
    form = sent_form(editable_post(post_id))
    try:
        verb()
    except RuleBroken as refusal:
        form.pin(refusal)
        return editor_page(form, editable_post(post_id)), 422
    say(message)
    return editor_page(form, editable_post(post_id))
