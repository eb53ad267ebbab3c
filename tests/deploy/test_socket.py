"""The sockets by which nginx asks itself, and says for whom: nobody else gets as far."""

import os
import re
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from configparser import ConfigParser
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from threading import Thread

import pytest

from deploy.fill import Site
from tests.deploy.asking import Client
from tests.deploy.conftest import Stage
from tests.deploy.managers import workers_of
from tests.deploy.reach import IS_ROOT, as_user
from tests.deploy.test_site import SITE, laid_out, site_under
from tests.postbox import wait_until

pytestmark = pytest.mark.deploy
SOCKETS = re.findall(r"listen unix:@NGINX_RUN@/(\S+);", SITE)
REFUSED_BY_CURL = 7


@pytest.mark.skipif(not IS_ROOT, reason="only root can be somebody else")
@pytest.mark.parametrize("name", SOCKETS)
def test_nobody_on_the_machine_can_say_for_whom_he_asks(stage: Stage, name: str) -> None:
    socket = stage.server.site.nginx_run / name
    assert socket.is_socket()
    asking = ["curl", "-s", "--unix-socket", str(socket), "http://bluelog/"]
    asking += ["-H", "X-Forwarded-For: 203.0.113.7"]
    assert subprocess.run(asking, check=False, capture_output=True).returncode == 0
    assert subprocess.run(as_user(asking), check=False).returncode == REFUSED_BY_CURL


def test_nginx_listens_for_visitors_alone(stage: Stage) -> None:
    site = stage.server.site
    pid = int((stage.server.folder / "nginx.pid").read_text())
    assert listening(pid) == {site.http_port, site.https_port}


def test_an_nginx_that_was_killed_starts_again() -> None:
    with tempfile.TemporaryDirectory(prefix="bluelog-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        site = site_under(folder)
        main = laid_out(site)
        with running(main):
            pid = int((folder / "nginx.pid").read_text())
            for each in (pid, *workers_of(pid)):
                os.kill(each, signal.SIGKILL)
        assert all((site.nginx_run / name).is_socket() for name in SOCKETS)
        for line in before_start(site):
            subprocess.run(shlex.split(line), check=True)
        with running(main):
            plain = Client(f"http://{site.domain}:{site.http_port}").get("/")
            assert plain.status == 308


def test_who_asks_for_what_is_being_made_waits_a_moment_for_it() -> None:
    """One visitor has a page made; the next is held back as long as the lock holds."""
    with tempfile.TemporaryDirectory(prefix="bluelog-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        site = replace(site_under(folder), run=folder)
        with played_app(site.socket) as came, running(laid_out(site)), ThreadPoolExecutor() as pool:
            begin_of_a_second()
            first = pool.submit(Client(site.url).get, "/")
            wait_until(lambda: len(came) == 1)
            asked_at = time.monotonic()
            second = pool.submit(Client(site.url).get, "/")
            answers = [first.result(), second.result()]
            assert [answer.text for answer in answers] == ["made", "made"]
            assert len(came) == 1 or came[1] - asked_at > LOCKED_SECONDS


LOCKED_SECONDS = 0.028
MADE_IN_SECONDS = 0.2


def begin_of_a_second() -> None:
    """A page is kept for the second in which it was asked for."""
    time.sleep(1.05 - time.time() % 1)


@contextmanager
def played_app(path: Path) -> Iterator[list[float]]:
    """An app that takes its time for the first page; when it was asked."""
    came: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(time.monotonic())
            time.sleep(MADE_IN_SECONDS)
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"made")

        def address_string(self) -> str:
            return "nginx"

        def log_message(self, *_: object) -> None: ...

    class App(ThreadingMixIn, UnixStreamServer): ...

    with App(str(path), Handler) as app:
        path.chmod(0o666)
        thread = Thread(target=app.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield came
        finally:
            app.shutdown()
            thread.join()


@contextmanager
def running(main: Path) -> Iterator[None]:
    """An nginx of that main file."""
    process = subprocess.Popen(["nginx", "-c", str(main), "-g", "daemon off;"])
    try:
        wait_until(lambda: is_up(main) or process.poll() is not None)
        assert process.poll() is None
        yield
    finally:
        process.terminate()
        process.wait(20)


def is_up(main: Path) -> bool:
    pid = main.with_name("nginx.pid")
    return pid.exists() and bool(workers_of(int(pid.read_text() or 0)))


def before_start(site: Site) -> list[str]:
    """What systemd does before it starts nginx."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(site.units / "nginx.service.d/bluelog.conf")
    return [parser["Service"]["ExecStartPre"]]


def listening(pid: int) -> set[int]:
    """The TCP ports that a process listens on."""
    held = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    sockets = [line.split() for line in lines]
    return {
        int(words[1].partition(":")[2], 16)
        for words in sockets
        if words[3] == "0A" and f"socket:[{words[9]}]" in held
    }
