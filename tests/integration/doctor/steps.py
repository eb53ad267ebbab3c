"""What the tests of the doctor do."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from werkzeug.serving import make_server

from bluelog.operations.doctor import CHECKS, Finding, Level, examine

CHECK = {check.name: check for check in CHECKS}


def found_by(name: str, seconds: float = 5.0) -> list[Finding]:
    """What one check finds, in the app context that is open."""
    return [entry.finding for entry in examine([CHECK[name]], seconds=seconds)]


def levels(name: str, seconds: float = 5.0) -> list[Level]:
    return [finding.level for finding in found_by(name, seconds)]


@contextmanager
def served(application: Any) -> Iterator[int]:
    """A web server on loopback with the application; its port."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
