"""Browsers for tests: signed in without the form, and posting as a page's own form does.

Use them without an app context pushed: requests would share its `g`, and with it the person.
"""

import secrets
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from bluelog import clock
from bluelog.extensions import db
from bluelog.models import User
from bluelog.queries.people import person_by_username
from bluelog.services import sessions

ORIGIN = "http://localhost"


def sign_in(client: FlaskClient, user: User | str, *, remember: bool = False) -> str:
    """Open a session of the account, or of who has that username; its key, now in the cookie."""
    user_id = user.id if isinstance(user, User) else None
    with client.application.app_context():
        account = db.session.get(User, user_id) if user_id else person_by_username(str(user))
        assert account is not None, f"nobody is called {user}"
        key = sessions.open_session(account, remember=remember, at=clock.now())
    with client.session_transaction() as session:
        session.clear()
        session.permanent = remember
        session["_user_id"] = key
        session["_fresh"] = True
    return key


def browser(app: Flask, user: User | str | None = None) -> FlaskClient:
    """A browser of its own, of a stranger or with that person signed in."""
    client = app.test_client()
    if user is not None:
        sign_in(client, user)
    return client


def csrf_token(client: FlaskClient) -> str:
    """A token that the guard takes from this browser."""
    with client.session_transaction() as session:
        raw = session.setdefault("csrf_token", secrets.token_hex(20))
    key = client.application.config["SECRET_KEY"]
    return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw))


def is_signed_in(client: FlaskClient) -> bool:
    with client.session_transaction() as session:
        return "_user_id" in session


def post(
    client: FlaskClient, url: str, data: dict[str, Any] | None = None, **options: Any
) -> TestResponse:
    """Send a form as the site does: with the session's token, or as a stranger with its Origin."""
    if is_signed_in(client):
        data = {"csrf_token": csrf_token(client)} | (data or {})
    else:
        options["headers"] = {"Origin": ORIGIN} | dict(options.get("headers", {}))
    return client.post(url, data=data, **options)
