"""Asking a blog through its socket, as nginx would: is it ready, and do its pages open?"""

import http.client
import re
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.hand import Failed

_SECONDS_A_PAGE = 20.0
_POST = re.compile(r'href="(/post/[^"/?#]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_SECONDS_A_PAGE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def ask(door: Path, path: str, host: str) -> Answer:
    """One page. Raises OSError, of which a refused connection is a kind."""
    connection = _OverSocket(door)
    said = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": host}
    try:
        connection.request("GET", path, headers={"Host": host, **said})
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        return Answer(answer.status, text, answer.headers.get("Location", ""))
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def wait_until_up(door: Path, host: str, seconds: float) -> None:
    """Wait for /healthz to say that the web server answers. Raises Failed with what it says."""
    _wait_for("/healthz", door, host, seconds)


def wait_until_ready(door: Path, host: str, seconds: float) -> None:
    """Wait for /readyz to say that requests may be let in. Raises Failed with what it says."""
    _wait_for("/readyz", door, host, seconds)


def _wait_for(path: str, door: Path, host: str, seconds: float) -> None:
    ends_at = time.monotonic() + seconds
    while True:
        try:
            answer = ask(door, path, host)
            said = f"{answer.status}\n{answer.text[:500]}"
            if answer.status == 200:  # noqa: PLR2004
                return
        except OSError as error:
            said = str(error)
        if time.monotonic() > ends_at:
            raise Failed(f"After {seconds:.0f} s {path} still says: {said}")
        time.sleep(0.5)


def smoke(door: Path, host: str) -> list[str]:
    """Open the pages that everybody needs; which they were. Raises Failed for one that fails."""
    home = _open(door, "/", host)
    if home.location.endswith("/setup"):  # a blog that nobody has set up
        _open(door, "/setup", host)
        return ["/", "/setup"]
    paths = ["/", *_POST.findall(home.text)[:1], "/auth/login"]
    for path in paths[1:]:
        _open(door, path, host)
    return paths


def _open(door: Path, path: str, host: str) -> Answer:
    try:
        answer = ask(door, path, host)
    except OSError as error:
        raise Failed(f"{path} does not open: {error}") from error
    if answer.status >= 400:  # noqa: PLR2004
        raise Failed(f"{path} answers {answer.status}.")
    return answer
