"""The frame around every reader's page."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from bluelog.models import Category, Link, Post
from bluelog.queries import comments, frame, people
from bluelog.web import visitor

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


@dataclass(frozen=True)
class Frame:
    """What the masthead, footer and sidebar show."""

    pages: Sequence[Post]
    categories: Sequence[Category]
    post_counts: dict[int, int]
    links: Sequence[Link]
    many_authors: bool
    waiting: int


def reader_page(template: str, now: datetime, **values: Any) -> Response | BaseResponse:
    """Render a page in the blog's frame; while the blog is not set up, lead to where that is."""
    if visitor.site() is None:
        return redirect(url_for("auth.set_up"))
    notice = NOTICES.get(request.args.get("notice", ""))
    # Without a session there is nothing to read, and asking would set a cookie.
    values["messages"] = get_flashed_messages() if visitor.viewer() else []
    page = render_template(template, frame=_frame(now), notice=notice, now=now, **values)
    return make_response(page)


def _frame(now: datetime) -> Frame:
    person = visitor.viewer()
    categories = frame.categories()
    counts = frame.post_counts(categories, now)
    return Frame(
        pages=frame.public_pages(now),
        categories=[c for c in categories if counts.get(c.id)],
        post_counts=counts,
        links=frame.links(),
        many_authors=people.people_count_writing() > 1,
        waiting=comments.pending_count(person) if person and person.may_publish else 0,
    )
