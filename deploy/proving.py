"""The last look of an installation: the blog asked as a reader asks it, through nginx."""

import http.client
import re
import socket
import ssl
import time
from pathlib import Path

from deploy.fill import Site
from deploy.hand import Failed

_HERE = "127.0.0.1"
_SECONDS_A_PAGE = 20.0
_MOVED = 308
_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class _ByName(http.client.HTTPSConnection):
    """To this machine whoever the name leads to, and with whichever certificate it shows."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.domain, site.https_port, timeout=_SECONDS_A_PAGE)
        self.shown = b""

    def connect(self) -> None:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # it is compared with the one that was put there
        plain = socket.create_connection((_HERE, self.port), self.timeout)
        self.sock = context.wrap_socket(plain, server_hostname=self.host)
        self.shown = self.sock.getpeercert(binary_form=True) or b""


def prove(site: Site, seconds: float) -> None:
    """Wait until nginx serves this blog with this certificate. Raises Failed with what it does.

    Not at once: for a moment after a reload, nginx still answers as before.
    """
    ends_at = time.monotonic() + seconds
    while wrong := _what_is_wrong(site):
        if time.monotonic() > ends_at:
            raise Failed(
                f"After {seconds:.0f} s nginx does not serve {site.url} as it should: {wrong}"
            )
        time.sleep(0.5)


def _what_is_wrong(site: Site) -> str:
    try:
        return _wrong_over_https(site) or _wrong_over_http(site)
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"


def _wrong_over_https(site: Site) -> str:
    connection = _ByName(site)
    try:
        connection.request("GET", "/readyz", headers={"Host": site.host})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")[:500]
    finally:
        connection.close()
    if answer.status != http.client.OK:
        return f"/readyz answers {answer.status}\n{text}"
    if connection.shown != _first_of(site.certificate):
        return f"the certificate that is shown is not that of {site.certificate}"
    return ""


def _wrong_over_http(site: Site) -> str:
    connection = http.client.HTTPConnection(_HERE, site.http_port, timeout=_SECONDS_A_PAGE)
    try:
        connection.request("GET", "/", headers={"Host": site.domain})
        answer = connection.getresponse()
    finally:
        connection.close()
    leads_to = answer.headers.get("Location", "")
    if (answer.status, leads_to) != (_MOVED, f"{site.url}/"):
        return f"plain HTTP answers {answer.status} {leads_to}".rstrip()
    return ""


def _first_of(chain: Path) -> bytes:
    """The server's own certificate, which stands before those that vouch for it."""
    found = _CERTIFICATE.search(chain.read_text("utf-8"))
    return ssl.PEM_cert_to_DER_cert(found.group()) if found else b""
