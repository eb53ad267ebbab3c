"""The reader's own choices, kept in cookies, and what administrators add to every page."""

import hashlib
from typing import Any

from flask import Response, abort, current_app, make_response

from bluelog.blueprints.blog import bp
from bluelog.i18n import LANGUAGES
from bluelog.web import visitor
from bluelog.web.redirects import go_back
from bluelog.web.static import FOREVER

A_YEAR = 365 * 24 * 3600


@bp.get("/change-theme/<name>")
def change_theme(name: str) -> Any:
    """Keep the reader's colour scheme."""
    if name not in visitor.THEMES:
        abort(404)
    return _kept("theme", name)


@bp.get("/change-language/<code>")
def change_language(code: str) -> Any:
    """Keep the reader's interface language."""
    if code not in LANGUAGES:
        abort(404)
    return _kept("language", code)


@bp.get("/custom/<digest>.<extension>")
def custom_asset(digest: str, extension: str) -> Response:
    """The administrators' own style or script, under a name made from its content."""
    settings = visitor.site()
    texts = {"css": settings.custom_css, "js": settings.custom_js} if settings else {}
    if not texts.get(extension) or custom_digest(texts[extension]) != digest:
        abort(404)
    response = make_response(texts[extension])
    response.mimetype = "text/css" if extension == "css" else "text/javascript"
    response.headers["Cache-Control"] = FOREVER
    return response


@bp.app_template_global()
def custom_digest(text: str) -> str:
    """What names a custom asset."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _kept(name: str, value: str) -> Any:
    response = go_back()
    response.set_cookie(
        name,
        value,
        max_age=A_YEAR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
