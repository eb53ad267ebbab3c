"""A browser without a screen: addresses, cookies and forms, one request at a time."""

import re
import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection, HTTPMessage
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

Body = bytes | Iterable[bytes] | None

_TAGS = re.compile(r"<(?:input|textarea)\b[^>]*>(?:[^<]*(?=</textarea>))?")
_UNPROVEN = ssl.create_default_context()  # the certificate is self-signed
_UNPROVEN.check_hostname, _UNPROVEN.verify_mode = False, ssl.CERT_NONE


@dataclass(frozen=True)
class Answer:
    """What came back, how many seconds it took, and how many of them after all was sent."""

    status: int
    headers: HTTPMessage
    body: bytes
    seconds: float
    waited: float

    @property
    def text(self) -> str:
        return self.body.decode()

    def field(self, name: str) -> str:
        """The value of a form's control. Raises AssertionError where there is none."""
        for tag in _TAGS.findall(self.text):
            if f'name="{name}"' in tag:
                found = re.search(r'value="([^"]*)"', tag)
                return unescape(found[1] if found else tag.partition(">")[2]).lstrip("\n")
        raise AssertionError(f"no field {name} in {self.text[:3000]}")


class Connection(HTTPConnection):
    """A connection to this machine, whatever the name in the address says."""

    def __init__(self, url: str, address: str, timeout: float) -> None:
        parts = urlsplit(url)
        super().__init__(str(parts.hostname), parts.port, timeout)
        self._is_tls, self._source = parts.scheme == "https", (address, 0)

    def connect(self) -> None:
        here = ("127.0.0.1", self.port)
        self.sock = socket.create_connection(here, self.timeout, self._source)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._is_tls:
            self.sock = _UNPROVEN.wrap_socket(self.sock, server_hostname=self.host)


class Client:
    """Whoever asks: cookies of its own, and an address of loopback of its own."""

    def __init__(self, url: str, *, address: str = "127.0.0.1", timeout: float = 30) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        self._address = address
        self._timeout = timeout

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=_named(headers))

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        """Send a form as a page of the blog does."""
        typed = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url}
        return self.ask("POST", path, urlencode(fields).encode(), headers=typed | _named(headers))

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Ask once, on a connection of its own. Raises OSError, HTTPException."""
        began = time.monotonic()
        with self.connected() as connection:
            sent = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
            sent = (sent if self.cookies else {}) | (headers or {})
            connection.request(method, path, body, sent)
            sent_at, reply = time.monotonic(), connection.getresponse()
            page, ended = reply.read(), time.monotonic()
            answer = Answer(reply.status, reply.headers, page, ended - began, ended - sent_at)
        self._keep(answer.headers)
        return answer

    def connected(self) -> AbstractContextManager["Connection"]:
        """The connection for one request."""
        return closing(self.connection())

    def connection(self) -> "Connection":
        """A connection that is not open yet."""
        return Connection(self.url, self._address, self._timeout)

    def sign_in(self, username: str, password: str) -> None:
        """Sign in as the form does."""
        fields = {"login": username, "password": password}
        answer = self.post("/auth/login", fields)
        assert answer.status == 303, answer.text

    def _keep(self, headers: HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
