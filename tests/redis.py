"""A real Redis server on loopback: Debian's."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from tests.servers import free_ports, need_all

PASSWORD = "redis-has-a-secret-too"
ADVICE = "sudo apt-get install redis-server"
START_SECONDS = 20


class Server:
    """One server, empty at every start, behind a password."""

    def __init__(self, folder: Path) -> None:
        (self.port,) = free_ports(1)
        self.socket = folder / "redis.sock"
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/3"
        self.unix_url = f"unix://:{PASSWORD}@{self.socket}?db=3"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = {
            "bind": "127.0.0.1",
            "port": self.port,
            "unixsocket": self.socket,
            "requirepass": PASSWORD,
            "dir": self._folder,
            "save": "",
            "logfile": self._folder / "redis.log",
        }
        words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen(["redis-server", *words])
        ends_at = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, (self._folder / "redis.log").read_text()
            assert time.monotonic() < ends_at
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
            probe.sendall(f"AUTH {PASSWORD}\r\n".encode())
            return probe.recv(5) == b"+OK\r\n"
        return False


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Start a server; gone afterwards."""
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def need() -> None:
    """Leave a test out where its server is missing; never where everything must be there."""
    need_all({"redis": find_spec("redis") is not None}, "pipenv sync --dev")
    need_all({"redis-server": shutil.which("redis-server") is not None}, ADVICE)
