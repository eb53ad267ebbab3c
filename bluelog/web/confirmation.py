"""Asking once more where a browser does not say which page a form came from."""

import secrets

from flask import Response, current_app, make_response, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "confirm"
FIELD = "confirm_token"
SECONDS = 3600


def ask() -> Response:
    """A page that repeats what was sent, with a token that only this page and cookie share."""
    token = _serializer().dumps(secrets.token_urlsafe(16))
    fields = [(k, v) for k, v in request.form.items(multi=True) if k != FIELD]
    page = render_template("errors/confirm.html", fields=fields, field=FIELD, token=token)
    response = make_response(page, 403)
    response.set_cookie(
        COOKIE,
        token,
        max_age=SECONDS,
        path=request.path,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )
    return response


def is_confirmed() -> bool:
    """Whether the form carries the token of the cookie that was set with it."""
    sent, kept = request.form.get(FIELD, ""), request.cookies.get(COOKIE, "")
    if not sent or not secrets.compare_digest(sent.encode(), kept.encode()):
        return False
    try:
        _serializer().loads(sent, max_age=SECONDS)
    except BadSignature:
        return False
    return True


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="confirm")
