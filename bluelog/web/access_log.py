"""The access log of a blog without nginx before it: what the worker counts reads from.

It lies before the page cache, so that pages answered from memory are in it too. Only what may be
counted is written, and no query, which may hold a secret.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock, Timer
from typing import Any
from urllib.parse import urlsplit
from weakref import finalize

from flask import Flask

from bluelog import clock
from bluelog.text.access_line import words_of, written
from bluelog.text.remembered import remembered
from bluelog.text.visits import APART

log = logging.getLogger(__name__)

Environ = dict[str, Any]
# Address, second of Unix time, path, status, Referer, User-Agent and Sec-Purpose, as they came.
Noted = tuple[str, int, str, str, str, str, str]
_WRITTEN = ("200", "301", "304", "404")
_LEFT_OUT = APART | {"healthz", "readyz"}
_LOOK_SECONDS = 1.0
_HELD_SECONDS, _MOST_HELD = 1.0, 256
_APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
# Where no worker puts the file aside, it is not to fill the disk.
_MOST_BYTES = 64 * 1024**2


def init_app(app: Flask) -> None:
    """Write the log, unless a proxy writes the one that is read."""
    if not app.config["BLUELOG_ACCESS_LOG"]:
        path = app.config["BLUELOG_DATA_DIR"] / "access.log"
        app.wsgi_app = AccessLog(app.wsgi_app, path)  # type: ignore[method-assign]


class AccessLog:
    """A layer around an app that writes a line for each page it answers."""

    def __init__(self, app: Any, path: Path) -> None:
        self.app, self._file = app, _File(path)
        self.write_out = self._file.write_out
        # As well when the process ends: of one that is killed, the reads of a second are missing.
        finalize(self, self.write_out)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _is_wanted(environ):
            return self.app(environ, start_response)  # type: ignore[no-any-return]
        # Taken now: what is inside may change them.
        path, address = environ.get("PATH_INFO", ""), environ.get("REMOTE_ADDR") or "-"

        def start(status: str, headers: Any, *rest: Any) -> Any:
            code = status[:3]
            if code in _WRITTEN:
                get, at = environ.get, int(clock.unix_seconds())
                agent, purpose = get("HTTP_USER_AGENT", ""), get("HTTP_SEC_PURPOSE", "")
                self._file.add((address, at, path, code, get("HTTP_REFERER", ""), agent, purpose))
            return start_response(status, headers, *rest)

        return self.app(environ, start)  # type: ignore[no-any-return]


class _File:
    """A file that lines are appended to, those of a second by one call: so several processes can.

    A call for each would have the threads of a process wait for one another, and putting each into
    words by itself takes several times as long. Renamed away by the worker, the file is begun anew
    within a second.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._descriptor = path, -1
        self._noted: deque[Noted] = deque()
        self._is_due = False
        self._looks_at, self._is_full, self._is_ill = 0.0, False, False
        # Or one thread would write to what another closed, whose number is something else by then.
        self._lock = Lock()

    def add(self, noted: Noted) -> None:
        """Have its line written before long."""
        self._noted.append(noted)
        if len(self._noted) >= _MOST_HELD:
            self.write_out()
        elif not self._is_due:
            self._is_due = True
            self._set_off()

    def write_out(self) -> None:
        """Write what is held; where that cannot be, reading goes on without."""
        try:
            with self._lock:
                count = len(self._noted)
                held = b"".join(_line(self._noted.popleft()) for _ in range(count))
                if held and time.monotonic() >= self._looks_at:
                    self._look()
                if held and not self._is_full:
                    os.write(self._descriptor, held)
        except OSError as error:
            if not self._is_ill:
                log.warning("%s cannot be written, so reads are not counted: %s", self._path, error)
            self._is_ill = True

    def _set_off(self) -> None:
        timer = Timer(_HELD_SECONDS, self._fall_due)
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError:  # There is no room for a thread, or the process ends.
            self._fall_due()

    def _fall_due(self) -> None:
        # First, so that what comes meanwhile is written now or sets off another time.
        self._is_due = False
        self.write_out()

    def _look(self) -> None:
        """Have the file open that has the name now."""
        fresh = os.open(self._path, _APPENDING, 0o640)
        old, self._descriptor = self._descriptor, fresh
        if old >= 0:
            os.close(old)
        self._is_full = os.fstat(fresh).st_size > _MOST_BYTES
        self._looks_at, self._is_ill = time.monotonic() + _LOOK_SECONDS, False


def _is_wanted(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] == "GET" and not _is_apart(environ.get("PATH_INFO", ""))


def _is_apart(path: str) -> bool:
    return path[1:].partition("/")[0] in _LEFT_OUT


def _line(noted: Noted) -> bytes:
    address, at, *said = noted
    return written(address, at, _words(*said))


@remembered
def _words(*said: str) -> str:
    path, status, referrer, agent, purpose = said
    # A server tells it in Latin-1 (PEP 3333).
    sent = path.encode("latin-1", "replace").decode(errors="replace")
    return words_of("GET", sent, status, _referrer(referrer), agent, purpose)


def _referrer(said: str) -> str:
    """The page that led here, without query; nothing where its path may prove something."""
    if not said:
        return ""
    try:
        parts = urlsplit(said)
    except ValueError:
        return ""
    if not parts.netloc or _is_apart(parts.path):
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
