"""The certificate of BLUELOG_URL: for how long, and whether browsers take it."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app

from bluelog.clock import now
from bluelog.i18n import lazy_gettext as _l
from bluelog.i18n import lazy_ngettext as _n
from bluelog.operations.doctor.finding import Finding, failure, fine, warning
from bluelog.operations.doctor.installed import certificate_command
from bluelog.operations.doctor.patient import reason
from bluelog.operations.doctor.visit import unverified

WARNING_DAYS = 21
FAILURE_DAYS = 3
_RENEW = "sudo certbot renew"
# Verification's answers (OpenSSL, x509_vfy.h).
_EXPIRED = 10
_SELF_SIGNED = (18, 19)
_WRONG_HOST = (62, 64)
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME, which Python has no name for


@dataclass(frozen=True)
class Certificate:
    """`fault` is verification's answer, 0 where there is none; `words` are OpenSSL's own."""

    until: datetime
    fault: int = 0
    words: str = ""


def look(seconds: float) -> Iterator[Finding]:
    """Connect as a browser would; nothing is said of a blog without HTTPS."""
    url = urlsplit(current_app.config["BLUELOG_URL"] or "")
    if url.scheme != "https":
        return
    host, port = url.hostname or "", url.port or 443
    try:
        yield judge(fetched(host, port, seconds), host, now())
    except OSError as error:
        words = _l("The certificate cannot be seen: %(reason)s", reason=reason(error))
        yield warning(words, _l("See that its name leads to this machine and the port is open."))


def judge(found: Certificate, host: str, at: datetime) -> Finding:
    """Whether browsers take it, and for how long they will."""
    left = found.until - at
    if left <= timedelta(0) or found.fault == _EXPIRED:
        return failure(_l("The certificate has expired."), _l("Renew it."), _RENEW)
    days = left.days
    if found.fault in _SELF_SIGNED:
        return warning(
            _n(
                "The certificate is self-signed, and good for %(num)d more day.",
                "The certificate is self-signed, and good for %(num)d more days.",
                days,
            ),
            _l("Browsers warn of it; get one that they trust."),
            certificate_command(host),
        )
    if found.fault in _WRONG_HOST:
        words = _l("The certificate is for another host.")
        return failure(words, _l("Get one for this one."), certificate_command(host))
    if found.fault:
        return failure(
            _l("Browsers do not trust the certificate: %(words)s", words=found.words),
            _l("Let the web server send the whole chain, as in fullchain.pem."),
        )
    words = _n(
        "The certificate is good for %(num)d more day.",
        "The certificate is good for %(num)d more days.",
        days,
    )
    if days >= WARNING_DAYS:
        return fine(words)
    level = failure if days < FAILURE_DAYS else warning
    return level(words, _l("It should have been renewed by itself; try it."), _RENEW)


def fetched(host: str, port: int, seconds: float) -> Certificate:
    """The certificate shown at that place. Raises OSError."""
    try:
        found = _shown(host, port, seconds, ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        found = _shown(host, port, seconds, _trusting(_unread(host, port, seconds)))
        return Certificate(_until(found), error.verify_code, error.verify_message)
    return Certificate(_until(found))


def _shown(host: str, port: int, seconds: float, context: ssl.SSLContext) -> dict[str, object]:
    with (
        socket.create_connection((host, port), timeout=seconds) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        return dict(secure.getpeercert() or {})


def _unread(host: str, port: int, seconds: float) -> bytes:
    with (
        socket.create_connection((host, port), timeout=seconds) as plain,
        unverified().wrap_socket(plain, server_hostname=host) as secure,
    ):
        return secure.getpeercert(binary_form=True) or b""


def _trusting(certificate: bytes) -> ssl.SSLContext:
    """Python reads out only a certificate that it trusts: here this one alone, whatever its age."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
    context.load_verify_locations(cadata=certificate)
    return context


def _until(found: dict[str, object]) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
