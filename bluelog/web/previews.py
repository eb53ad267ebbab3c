"""The page of a post that is not public as its readers will see it, for whoever was let in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template

from bluelog.models import Post
from bluelog.queries import pages
from bluelog.text.needs import needs_of
from bluelog.web import frame, headers

# Its address may be a right: nobody keeps the page, is told where one comes from or lists it.
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
# As a stranger sees it, whoever looks.
_STRANGER = {"viewer": None, "waiting": 0, "may_edit": False, "may_moderate": False}


def preview_page(
    post: Post,
    at: datetime,
    *,
    authors: Sequence[Any],
    tags: Sequence[Any],
    translations: Sequence[Any],
    said: Any,
    subpages: Sequence[Any] = (),
) -> Response:
    """A reader's page without what follows the text; `said` is told above it."""
    needs = needs_of(post.html)
    headers.allow_frames(needs.players)
    page = render_template(
        "blog/posts/preview.html",
        post=post,
        authors=authors,
        tags=tags,
        translations=translations,
        parent=pages.parent_of(post, at),
        subpages=subpages,
        needs=needs,
        said=said,
        now=at,
        frame=frame.current(),
        messages=[],
        notice=None,
        **_STRANGER,
    )
    return unlisted(make_response(page))


def unlisted(answer: Response) -> Response:
    """Have the answer kept, told and listed by nobody."""
    answer.headers.update(_HEADERS)
    return answer
