"""The frame around every reader's page."""

from datetime import datetime
from typing import Any

from flask import (
    Response,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from bluelog.i18n import lazy_gettext as _l
from bluelog.queries import comments
from bluelog.web import frame, pages, visitor

# What a redirect may say on the page it leads to; part of a page's address, so a closed set.
NOTICES = {
    "comment-pending": _l(
        "Thank you. Your comment is waiting for approval and will then show here."
    ),
    "comment-published": _l("Your comment is published."),
    "comments-closed": _l("Comments on this post are closed."),
    "signed-out": _l("You are signed out."),
    "unsubscribed": _l("You will get no more mail about replies."),
}


def reader_page(template: str, now: datetime, **values: Any) -> Response | BaseResponse:
    """Render a page in the blog's frame; while the blog is not set up, lead to where that is."""
    around = frame.current()
    if around.site is None:
        return redirect(url_for("auth.set_up"))
    notice = NOTICES.get(request.args.get("notice", ""))
    # Without a session there is nothing to read, and asking would set a cookie.
    values["messages"] = get_flashed_messages() if visitor.viewer() else []
    values |= {"frame": around, "waiting": _waiting(), "notice": notice, "now": now}
    post = values.get("post")
    closing = post.comments_close_at(around.site.comment_days) if post else None
    later = [around.fresh_until(now), *([closing] if closing and closing > now else [])]
    pages.offer(post, min(later))
    return make_response(render_template(template, **values))


def _waiting() -> int:
    """How many comments wait for the decision of who asks."""
    person = visitor.viewer()
    return comments.pending_count(person) if person and person.may_publish else 0
