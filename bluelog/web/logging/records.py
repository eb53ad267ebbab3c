"""What a log record says about the request it was made in, and what it never says."""

import logging
import re
import uuid
from datetime import UTC, datetime
from urllib.parse import quote, unquote_plus

from flask import g, has_request_context, request
from sqlalchemy import inspect
from sqlalchemy.orm import InstanceState

from bluelog.mail.links import SIGNED_PATHS

MASK = "***"
_ID_KEY = "bluelog.request_id"
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LONGEST_URL = 2000

_SECRET_NAME = re.compile(r"token|passw|secret|signature|key$", re.IGNORECASE)
_SECRET_QUERY = re.compile(
    r"([?&;][^\s?&;=#]*(?:(?:token|passw|secret|signature)[^\s?&;=#]*|key)=)[^\s&;#\"'<>]+",
    re.IGNORECASE,
)
_SECRET_PATH = re.compile(rf"((?:{'|'.join(map(re.escape, SIGNED_PATHS))})/)[^\s?#\"'<>]+")
# What would end a line or steer a terminal; a line feed and a tab are dealt with by themselves.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def mask(text: str) -> str:
    """Hide what a link proves: token-like values of a query, and the last part of a secret path."""
    return _SECRET_PATH.sub(rf"\1{MASK}", _SECRET_QUERY.sub(rf"\1{MASK}", text))


def printable(text: str) -> str:
    """Write control characters as escapes, all but line feeds and tabs."""
    return _CONTROL.sub(lambda found: ascii(found.group())[1:-1], text)


def request_id() -> str:
    """The id of this request, from a proxy if it looks like one, on error pages and in the log.

    It is kept with the request, for `g` may outlive one where a context was pushed by hand.
    """
    if _ID_KEY not in request.environ:
        given = request.headers.get("X-Request-ID", "")
        request.environ[_ID_KEY] = given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex
    return str(request.environ[_ID_KEY])


class RequestFilter(logging.Filter):
    """Adds url, method, user_id, address and request_id, all "-" outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not hasattr(record, "request_id"):
            vars(record).update(_about_request())
        return True


def _about_request() -> dict[str, str]:
    if not has_request_context():
        return dict.fromkeys(("url", "method", "user_id", "address", "request_id"), "-")
    return {
        "url": _url(),
        "method": request.method,
        "user_id": _user_id(),
        "address": request.remote_addr or "-",
        "request_id": request_id(),
    }


def _url() -> str:
    """The address as asked for. `request.url` would raise for a host that is not trusted."""
    host = request.environ.get("HTTP_HOST", "-")
    path = quote(request.script_root + request.path)
    query = "&".join(map(_shown_pair, request.query_string.decode("latin-1").split("&")))
    return mask(printable(f"{request.scheme}://{host}{path}{query and '?' + query}"))[:_LONGEST_URL]


def _shown_pair(pair: str) -> str:
    """Judge the name as the app reads it, decoded; a value is shown as it was sent."""
    name, mark, value = pair.partition("=")
    is_secret = value and _SECRET_NAME.search(unquote_plus(name))
    return f"{name}{mark}{MASK if is_secret else value}"


def _user_id() -> str:
    """Who is signed in, if that is known already: logging must not ask the database."""
    state = inspect(g.get("_login_user"), raiseerr=False)
    identity = state.identity if isinstance(state, InstanceState) else None
    return str(identity[0]) if identity else "-"


class LineFormatter(logging.Formatter):
    """One record, one line; what continues it is indented, so that no message can forge a line."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s [%(name)s %(process)d] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return printable(mask(super().format(record))).replace("\n", "\n    ")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the library's name)
        return f"{utc(record.created)} {super().formatMessage(record)}{_context(record)}"


def _context(record: logging.LogRecord) -> str:
    about = vars(record)
    if about.get("request_id", "-") == "-":
        return ""
    template = " | {method} {url} user={user_id} address={address} request={request_id}"
    return template.format_map(about)


def utc(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds")
