"""Where log records go: a file or a stream, and error mail to the operators.

In development everything stays with Flask's own handler.
"""

import logging
from typing import Any

from flask import Flask, g, request_started
from flask.logging import default_handler

from bluelog.extensions import db
from bluelog.settings import STREAM
from bluelog.web.logging.error_mail import ErrorMailHandler, MailServer
from bluelog.web.logging.files import SharedRotatingFileHandler
from bluelog.web.logging.records import LineFormatter, RequestFilter, request_id
from bluelog.web.logging.slowness import watch_queries, watch_requests
from bluelog.web.logging.throttle import Throttle

__all__ = ["init_app", "request_id", "watch_queries"]

_installed: list[logging.Handler] = []


def init_app(app: Flask) -> None:
    """Name requests, watch for what is slow, and set up the handlers of production.

    To be called when the database has its app: its engines are watched.
    """
    request_started.connect(_name_request, app)
    watch_requests(app)
    _watch_engines(app)
    if app.debug or app.testing:
        return
    _remove_installed()
    _install(_log_handler(app))
    if app.config["MAIL_SERVER"] and app.config["BLUELOG_EMAIL"]:
        _install(_mail_handler(app))
    logging.getLogger().setLevel(logging.INFO)
    app.logger.removeHandler(default_handler)


def _name_request(_app: Flask, **_: Any) -> None:
    g.request_id = request_id()


def _watch_engines(app: Flask) -> None:
    if "sqlalchemy" not in app.extensions:
        return
    with app.app_context():
        for engine in db.engines.values():
            watch_queries(engine, app.config["BLUELOG_SLOW_QUERY_THRESHOLD"])


def _install(handler: logging.Handler) -> None:
    """On the root logger, so that the worker, the queue and every library are heard too."""
    handler.addFilter(RequestFilter())
    logging.getLogger().addHandler(handler)
    _installed.append(handler)


def _remove_installed() -> None:
    """A second app in one process takes over from the first: no line is written twice."""
    while _installed:
        handler = _installed.pop()
        logging.getLogger().removeHandler(handler)
        handler.close()


def _log_handler(app: Flask) -> logging.Handler:
    target = app.config["BLUELOG_LOGGING_PATH"]
    handler = logging.StreamHandler() if target == STREAM else SharedRotatingFileHandler(target)
    handler.setLevel(logging.INFO)
    handler.setFormatter(LineFormatter())
    return handler


def _mail_handler(app: Flask) -> ErrorMailHandler:
    settings = app.config
    server = MailServer(
        host=settings["MAIL_SERVER"],
        port=settings["MAIL_PORT"],
        username=settings["MAIL_USERNAME"],
        password=settings["MAIL_PASSWORD"],
        use_tls=settings["MAIL_USE_TLS"],
        use_ssl=settings["MAIL_USE_SSL"],
        timeout_seconds=settings["BLUELOG_MAIL_TIMEOUT"],
        sender=settings["MAIL_DEFAULT_SENDER"],
        recipients=settings["BLUELOG_EMAIL"],
    )
    folder = settings["BLUELOG_DATA_DIR"]
    folder.mkdir(parents=True, exist_ok=True)
    return ErrorMailHandler(server.deliver, Throttle(folder / "error-mail.json"))
