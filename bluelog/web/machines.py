"""Answers for programs: kept as readers' pages are, and with the time of their last change."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from bluelog.i18n import best_language
from bluelog.text.machines import legal
from bluelog.web import frame, pages, visitor

_SECOND = timedelta(seconds=1)
_BLUELOG = uuid.uuid5(uuid.NAMESPACE_URL, "urn:bluelog")


def document(
    template: str, mimetype: str, at: datetime, newest: datetime | None, **values: Any
) -> Response | BaseResponse:
    """An XML document or a text for everybody; `newest` is as for `answer`."""
    if frame.current().site is None:
        return not_set_up()
    return answer(legal(render_template(template, **values)), mimetype, at, newest)


def answer(body: str, mimetype: str, at: datetime, newest: datetime | None) -> Response:
    """What a program asked for.

    `newest` is when the last of what it shows became public: of what time alone brings, the
    revisions tell nothing.
    """
    revised = datetime.fromtimestamp(frame.figures().content / 1000, UTC)
    changed = max(filter(None, (revised, newest))).replace(microsecond=0)
    fresh_until = frame.current().fresh_until(at)
    response = current_app.response_class(body, content_type=f"{mimetype}; charset=utf-8")
    if changed + _SECOND <= at:
        response.last_modified = changed
    else:
        # Within that second it may change again, which no date would tell (RFC 9110, 8.8.2.2).
        fresh_until = min(fresh_until, changed + _SECOND)
    pages.offer(None, fresh_until)
    return response


def not_set_up() -> BaseResponse:
    """While there is no blog, all leads to where one is made."""
    return redirect(url_for("auth.set_up"))


def speak_the_blogs_language() -> None:
    """Answer in the language of the blog, whoever asks."""
    settings = visitor.site()
    if settings is not None:
        visitor.speak(best_language(settings.language) or "en")


def identity(kind: str, row_id: int, created_at: datetime) -> str:
    """A name for a row that stays whatever is renamed or moved, the blog's own address too.

    SQLite gives the id of what was purged to a new row, so the time is in it.
    """
    settings: Any = visitor.site()
    blog = uuid.uuid5(_BLUELOG, settings.created_at.isoformat())
    return uuid.uuid5(blog, f"{kind} {row_id} {created_at.isoformat()}").urn
