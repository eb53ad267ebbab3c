"""What one answer takes on the wire: its head and its body, before TLS puts it into records."""

import re
import socket
import ssl
import time
from urllib.parse import urlsplit

_PATIENCE_SECONDS = 60
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_UNPROVEN = ssl.create_default_context()  # the certificate is self-signed
_UNPROVEN.check_hostname, _UNPROVEN.verify_mode = False, ssl.CERT_NONE


def answer_bytes(url: str, headers: dict[str, str]) -> int:
    """Ask over HTTP/1.1 until it answers; a server that only starts may close the door once more.

    Raises AssertionError where the answer is no 200 that tells its length.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return _ask(url, headers)
        except ConnectionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _ask(url: str, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    lines = [f"GET {parts.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with connected(str(parts.hostname), int(parts.port or 0)) as plain:
        is_tls = parts.scheme == "https"
        with _UNPROVEN.wrap_socket(plain) if is_tls else plain as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            return _received(connection)


def connected(host: str, port: int) -> socket.socket:
    """A connection, as soon as somebody listens."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return socket.create_connection((host, port), _PATIENCE_SECONDS)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _received(connection: socket.socket) -> int:
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(65536)
        if not more:
            raise ConnectionResetError(got)
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    told = _LENGTH.search(head)
    assert head.startswith(b"HTTP/1.1 200"), head
    assert told, head
    left = int(told[1]) - len(body)
    while left > 0:
        more = connection.recv(left)
        assert more, f"{left} bytes are missing"
        left -= len(more)
    return len(head) + len(b"\r\n\r\n") + int(told[1])
