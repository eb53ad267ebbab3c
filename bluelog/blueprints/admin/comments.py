"""Moderation."""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.rendering import dashboard_page, say
from bluelog.clock import now
from bluelog.models import CommentStatus
from bluelog.queries import comments as queries
from bluelog.services import comments
from bluelog.text.ids import id_in
from bluelog.web.paging import window
from bluelog.web.redirects import local_path
from bluelog.web.visitor import signed_in

# The filters of the original under the names that its links used.
OLD_FILTERS = {"unread": "pending", "admin": "staff", "all": ""}
MOST_AT_ONCE = 1000
FILTERS = ("", "pending", "approved", "staff", "spam", "trashed")


@bp.get("/comments")
def manage_comments() -> Any:
    """What was said, newest first."""
    asked = request.args.get("filter", "")
    chosen = OLD_FILTERS.get(asked, asked)
    chosen = chosen if chosen in FILTERS else ""
    status = chosen if chosen in tuple(CommentStatus) else None
    rows, staff = window("BLUELOG_COMMENT_PER_PAGE"), chosen == "staff"
    page = queries.moderated_page(signed_in(), rows, status=status, staff=staff)
    counts = queries.moderated_counts(signed_in())
    return dashboard_page("admin/comments/list.html", page=page, filter=chosen, counts=counts)


@bp.post("/comments/approval")
def approval() -> Response:
    changed = _each(comments.approve)
    say(ngettext("One comment is approved.", "%(num)d comments are approved.", changed), undo=True)
    return _back()


@bp.post("/comments/holding")
def holding() -> Response:
    changed = _each(comments.hold)
    say(ngettext("One comment waits again.", "%(num)d comments wait again.", changed), undo=True)
    return _back()


@bp.post("/comments/spam")
def spam() -> Response:
    changed = _each(comments.mark_spam)
    say(ngettext("One comment is spam.", "%(num)d comments are spam.", changed), undo=True)
    return _back()


@bp.post("/comments/trash")
def trash_comments() -> Response:
    changed = _each(comments.trash)
    message = ngettext(
        "One comment is in the trash.", "%(num)d comments are in the trash.", changed
    )
    say(message, undo=True)
    return _back()


@bp.post("/comments/approval/all")
def approve_all() -> Response:
    """Approve everything that waits for this person's decision."""
    changed = comments.approve_all(by=signed_in(), at=now())
    say(ngettext("One comment is approved.", "%(num)d comments are approved.", changed), undo=True)
    return _back()


def _each(verb: Callable[..., int]) -> int:
    ids = chosen_ids()
    if not ids:
        say(_("Choose at least one comment."))
        return 0
    return verb(ids, by=signed_in(), at=now())


def chosen_ids() -> list[int]:
    """The rows that were chosen in a list; 400 for more than any list shows."""
    chosen = request.form.getlist("id")
    if len(chosen) > MOST_AT_ONCE:
        abort(400)
    return [number for text in chosen if (number := id_in(text))]


def _back() -> Response:
    return redirect(local_path(request.referrer) or url_for("admin.manage_comments"), 303)
