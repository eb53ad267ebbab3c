"""Pinning posts to the home page, from the list of posts or from within the editor.

The editor sends its whole form, which comes back with everything typed and not saved.
"""

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
from bluelog.models import Post
from bluelog.services import pins
from bluelog.web.redirects import go_back
from bluelog.web.visitor import signed_in


@bp.post("/posts/<id:post_id>/pin")
def pin_post(post_id: int) -> Any:
    return _done(post_id, pins.pin, _("It is pinned to the home page."))


@bp.post("/posts/<id:post_id>/pin/removal")
def unpin_post(post_id: int) -> Any:
    return _done(post_id, pins.unpin, _("It is no longer pinned."))


def _done(post_id: int, verb: Callable[..., Post], message: str) -> Any:
    form = sent_form(editable_post(post_id)) if "source" in request.form else None
    try:
        verb(post_id, by=signed_in(), at=now())
    except RuleBroken as refusal:
        if form is not None:
            form.pin(refusal)
            return editor_page(form, editable_post(post_id)), 422
        say(str(refusal.message), refused=True)
        return go_back("admin.manage_posts")
    say(message)
    return editor_page(form, editable_post(post_id)) if form else go_back("admin.manage_posts")
