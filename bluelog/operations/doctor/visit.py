"""Asking our own address, as a visitor would, without trusting the answer for more than it is."""

import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

FAILURES = (OSError, HTTPException, ValueError)
_LONGEST = 10_000


class Answer(NamedTuple):
    """What came back."""

    status: int
    date: str
    body: bytes


def ask(url: str, path: str, seconds: float, headers: dict[str, str] | None = None) -> Answer:
    """GET the path, following no redirect. Raises one of FAILURES."""
    parts = urlsplit(url)
    place = (parts.hostname or "", parts.port)
    connection = (
        HTTPSConnection(*place, timeout=seconds, context=unverified())
        if parts.scheme == "https"
        else HTTPConnection(*place, timeout=seconds)
    )
    try:
        connection.request("GET", path, headers={"User-Agent": "Bluelog doctor"} | (headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers.get("Date", ""), answer.read(_LONGEST))
    finally:
        connection.close()


def unverified() -> ssl.SSLContext:
    """Take any certificate: it is judged elsewhere, and nothing secret is said."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
