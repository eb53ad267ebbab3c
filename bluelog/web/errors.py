"""Error pages, which need no database."""

import errno
import logging
import sqlite3
from typing import Any

from flask import Flask, Response, g, make_response, render_template, request
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError

from bluelog.errors import LimitReached, NotAllowed, NotFound
from bluelog.i18n import lazy_gettext as _l
from bluelog.storage import StorageAway
from bluelog.web import kept, visitor
from bluelog.web.redirects import moved

log = logging.getLogger(__name__)

# Held by another writer, or away. SQLite says "operational" of a missing table as well.
_SQLITE_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN)
# No room for a page of the file, of its log or of the log's index, in this order.
_SQLITE_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
_POSTGRES_FULL = "53100"  # its code for "disk full"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
# The title and the advice of a page.
Said = tuple[Any, Any]
PAGES: dict[int, Said] = {
    400: (
        _l("This request cannot be understood"),
        _l("Something in the address or the form is not as it should be. Go back and try again."),
    ),
    401: (_l("Please sign in"), _l("Your session has ended. Sign in and send it once more.")),
    403: (_l("This is not open to you"), _l("Your account does not have the right to do this.")),
    404: (
        _l("Nothing is here"),
        _l("The page was moved or removed, or the address has a mistake in it."),
    ),
    405: (_l("This address does not work that way"), _l("Open the page from its link or form.")),
    413: (_l("This is too large"), _l("Send a smaller file or a shorter text.")),
    422: (_l("Something is missing"), _l("Go back, correct what is marked and send it again.")),
    429: (_l("Too many attempts"), _l("Wait a little and try again.")),
    500: (
        _l("Something broke on our side"),
        _l("It was noted and will be looked at. What you sent may not have been saved."),
    ),
    503: (
        _l("The blog is busy"),
        _l("Nothing was lost. Go back and send it again in a few seconds."),
    ),
    507: (
        _l("Nothing can be kept right now"),
        _l(
            "The disk of this blog is full, so what you sent was not saved; reading goes on. "
            "Send it again later."
        ),
    ),
}
EXPIRED: Said = (
    _l("This form has expired"),
    _l(
        "It was open for too long, or you signed in or out meanwhile. Nothing was changed: "
        "go back, reload the page and send it again."
    ),
)
SENT_AGAIN: Said = (
    EXPIRED[0],
    _l(
        "It was open for too long, or you signed in or out meanwhile. Nothing you typed is lost: "
        "look it over and send it again."
    ),
)


def init_app(app: Flask) -> None:
    """Answer every error of the app with a page of its own."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(NotFound, lambda _error: error_page(404))
    app.register_error_handler(NotAllowed, lambda _error: error_page(403))
    app.register_error_handler(LimitReached, limit_reached)
    app.register_error_handler(DBAPIError, database_failed)
    app.register_error_handler(PoolTimeout, database_failed)
    app.register_error_handler(OSError, system_failed)
    app.register_error_handler(StorageAway, storage_away)
    app.register_error_handler(InternalServerError, lambda _error: error_page(500))


def http_error(error: HTTPException) -> Response:
    """The page of an HTTP error; a redirect raised as one is passed on."""
    if error.code is None or error.code < 400:  # noqa: PLR2004
        return make_response(error.get_response())
    if error.code == 404 and (onward := _onward()):  # noqa: PLR2004
        return onward
    response = error_page(error.code, expired=error.description == "csrf")
    for name, value in error.get_response().headers:
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _onward() -> Response | None:
    """Where the address leads by a redirect; nowhere while the database is away."""
    try:
        onward = moved(request.path)
    except (SQLAlchemyError, OSError):
        return None
    return make_response(onward) if onward else None


def limit_reached(error: LimitReached) -> Response:
    """The page for too many attempts, which says when the next one is open."""
    response = error_page(429, minutes=-(-error.retry_after // 60))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def database_failed(error: DBAPIError | PoolTimeout) -> Response:
    """Say that it is full, or busy or away and when to come back; else it is a real error."""
    if _has_no_room(error):
        return _full(error)
    if not _is_passing(error):
        raise error
    log.error("The database did not answer.", exc_info=error)
    # It is not asked again, which might take as long as it did the first time.
    _leave_out_database()
    return _later(503, 5)


def storage_away(_error: StorageAway) -> Response:
    """Say that pictures are away for now; whoever found it out has told it in the log."""
    return _later(503, 5)


def system_failed(error: OSError) -> Response:
    """Say that the disk is full; anything else is a real error."""
    if error.errno not in _NO_ROOM:
        raise error
    return _full(error)


def _full(error: Exception) -> Response:
    """Tell the operators in one line: where in the code it was noticed says nothing."""
    log.error("The disk is full: %s", getattr(error, "orig", error))
    return _later(507, 60)


def _later(code: int, seconds: int) -> Response:
    response = error_page(code)
    response.headers["Retry-After"] = str(seconds)
    return response


def error_page(
    code: int, *, said: Said | None = None, expired: bool = False, minutes: int | None = None
) -> Response:
    """The page for a status, in the visitor's language, with what was typed on it.

    `said` is a title and an advice that fit better than those of the status.
    """
    _do_without_database()
    typed = kept.kept(code, expired=expired)
    if expired:
        said = SENT_AGAIN if typed and typed.may_be_sent else EXPIRED
    title, text = said or PAGES.get(code, PAGES[500 if code >= 500 else 400])  # noqa: PLR2004
    if request.accept_mimetypes.best == "application/json":
        return make_response({"error": {"message": str(text)}}, code)
    details = {"code": code, "title": title, "text": text, "minutes": minutes, "kept": typed}
    return make_response(render_template("errors/error.html", **details), code)


def _do_without_database() -> None:
    try:
        visitor.viewer(), visitor.site(), visitor.language()
    except (SQLAlchemyError, OSError):
        _leave_out_database()


def _leave_out_database() -> None:
    g.site, g.language = None, g.get("language") or visitor.asked_language() or "en"
    visitor.remember_session()
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where Flask-Login keeps its answer


def _has_no_room(error: DBAPIError | PoolTimeout) -> bool:
    origin = getattr(error, "orig", None)
    if isinstance(origin, sqlite3.Error):
        return getattr(origin, "sqlite_errorcode", 0) in _SQLITE_FULL
    return getattr(origin, "sqlstate", None) == _POSTGRES_FULL


def _is_passing(error: DBAPIError | PoolTimeout) -> bool:
    """Whether the same request may do in a moment: a lock, a deadlock, a lost connection."""
    if isinstance(error, PoolTimeout) or error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        # The codes have finer ones above their lowest byte.
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE_BUSY
    return isinstance(error, OperationalError)
