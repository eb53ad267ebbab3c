"""What every request must pass before a view sees it."""

from flask import Flask, Response, abort, current_app, redirect, request
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter
from werkzeug.routing import ValidationError as RoutingError
from werkzeug.wrappers import Response as BaseResponse
from wtforms import ValidationError

from bluelog.services.slugs import RESERVED
from bluelog.text.ids import LARGEST_ID
from bluelog.web import confirmation, origin
from bluelog.web.visitor import viewer

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Asked by machines that speak plain HTTP to the app itself.
HEALTH_CHECKS = frozenset({"/healthz", "/readyz"})
# What a mail program posts to by RFC 8058, with nothing but the signed address.
WITHOUT_ORIGIN = frozenset({"auth.unsubscribe"})
# What takes one picture and nothing else.
UPLOADS = frozenset({"admin.upload_picture"})
_AROUND_A_PICTURE_BYTES = 1024**2


def init_app(app: Flask) -> None:
    """Guard every request of the app."""
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["page"] = PageConverter
    app.before_request(bound_body)
    app.before_request(check_host)
    app.before_request(check_text)
    app.before_request(force_https)
    app.before_request(check_origin)


class IdConverter(IntegerConverter):
    """A row's id: ASCII digits that fit the column."""

    regex = "[0-9]+"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=LARGEST_ID)


class PageConverter(UnicodeConverter):
    """The slug of a page that others are under: no first word of any other address."""

    def to_python(self, value: str) -> str:
        if value in RESERVED:
            raise RoutingError
        return value


def bound_body() -> None:
    """Bound what is read: a form has room for itself whatever the bound of pictures is."""
    largest_picture_bytes = current_app.config["BLUELOG_MAX_UPLOAD_BYTES"]
    if request.endpoint in UPLOADS:
        request.max_content_length = largest_picture_bytes + _AROUND_A_PICTURE_BYTES
    elif request.mimetype == "multipart/form-data":
        largest_form_bytes = current_app.config["MAX_CONTENT_LENGTH"]
        request.max_content_length = largest_form_bytes + largest_picture_bytes


def check_text() -> None:
    """Refuse NUL bytes, which no text has and PostgreSQL does not take."""
    values = [request.path, *request.args.values(), *request.form.values()]
    if any("\0" in value for value in values):
        abort(400)


def check_host() -> None:
    """Refuse a forged Host: absolute addresses and redirects must be ours."""
    allowed = current_app.config.get("BLUELOG_ALLOWED_HOSTS")
    if allowed and request.path not in HEALTH_CHECKS and request.host not in allowed:
        abort(400)


def force_https() -> BaseResponse | None:
    """Send plain HTTP to HTTPS, keeping method and body."""
    wanted = current_app.config["BLUELOG_FORCE_HTTPS"]
    if not wanted or request.is_secure or request.path in HEALTH_CHECKS:
        return None
    return redirect(request.url.replace("http://", "https://", 1), 308)


def check_origin() -> Response | None:
    """Let a change through only if its sender meant it.

    With a live session: the CSRF token. Without one: the browser's word that the form is ours,
    else a page that asks once more. Where nothing takes the form there is nothing to ask.
    """
    if request.method in SAFE_METHODS or request.endpoint in WITHOUT_ORIGIN:
        return None
    if request.routing_exception is not None:
        return None
    if viewer():
        _check_token()
        return None
    if origin.is_own():
        return None
    if origin.is_foreign():
        abort(400)
    return None if confirmation.is_confirmed() else confirmation.ask()


def _check_token() -> None:
    token = request.form.get("csrf_token") or request.headers.get("X-CSRFToken")
    try:
        validate_csrf(token)
    except ValidationError as error:
        raise BadRequest("csrf") from error
