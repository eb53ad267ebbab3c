"""HTTP that is nobody's page."""

from flask import Flask

from bluelog.clock import now
from bluelog.extensions import babel, login
from bluelog.models import User
from bluelog.queries.sessions import live_user
from bluelog.web import (
    access_log,
    bodies,
    errors,
    guards,
    headers,
    health,
    logging,
    menus,
    months,
    pages,
    proxies,
    sharing,
    static,
    templating,
    visitor,
)


def init_app(app: Flask) -> None:
    """Hang what every request passes on the app."""
    pages.init_app(app)
    access_log.init_app(app)
    proxies.init_app(app)
    babel.init_app(app, locale_selector=visitor.catalogue)
    login.session_protection = None
    login.user_loader(load_user)
    parts = (
        *(bodies, logging, static, templating, menus, months, sharing, guards, headers, errors),
        health,
    )
    for part in parts:
        part.init_app(app)
    # Registered last and thus called first, before the headers ask who the answer is for.
    app.after_request(visitor.stay_signed_in)


def load_user(key: str) -> User | None:
    """The account whose live session has this key."""
    return live_user(key, now())
