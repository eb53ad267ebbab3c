"""What keeps the blog running: real Supervisor, and systemd's part played for its units."""

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import ExitStack, contextmanager
from grp import getgrnam
from pathlib import Path
from pwd import getpwnam
from typing import Any, Protocol

from deploy import fill
from tests.deploy.reach import IS_ROOT, USER, WEB_GROUP, as_user, in_reach
from tests.deploy.stage import Server, bare_environment
from tests.postbox import wait_until

SUPERVISOR = """\
[supervisord]
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
childlogdir={folder}
{user}

[unix_http_server]
file={folder}/supervisor.sock
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{folder}/supervisor.sock

[include]
files = {folder}/conf.d/*.conf
"""


class Manager(Protocol):
    """Who starts the web server and the worker, and what an operator tells him."""

    def pid(self) -> int:
        """The main process of the web server."""

    def stop(self) -> None:
        """Stop the web server, and come back when it is gone."""

    def start(self) -> None:
        """Start the web server."""

    def reload(self) -> None:
        """Have new code loaded, and come back when the new server runs."""

    def log(self) -> str:
        """What the web server wrote to standard error."""


class Supervisor:
    """A real supervisord with the shipped programs."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._file = server.folder / "supervisord.conf"

    def _control(self, *words: str) -> str:
        command = ["supervisorctl", "-c", str(self._file), *words]
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout

    def pid(self) -> int:
        return int(self._control("pid", "bluelog-web"))

    def stop(self) -> None:
        assert "stopped" in self._control("stop", "bluelog-web")

    def start(self) -> None:
        assert "started" in self._control("start", "bluelog-web")

    def reload(self) -> None:
        old = workers_of(self.pid())
        self._control("signal", "HUP", "bluelog-web")
        wait_until(lambda: not old & workers_of(self.pid()), 30)
        wait_until(lambda: workers_of(self.pid()), 30)

    def log(self) -> str:
        return (self.server.site.manager_logs / "web.log").read_text()


@contextmanager
def supervised(server: Server) -> Iterator[Supervisor]:
    """The blog under Supervisor."""
    files = fill.supervisor_files(server.site)
    programs = next(text for path, text in files.items() if path.suffix == ".conf")
    (server.folder / "conf.d").mkdir()
    (server.folder / "conf.d" / "bluelog.conf").write_text(programs)
    user = "user=root" if IS_ROOT else ""
    manager = Supervisor(server)
    manager._file.write_text(SUPERVISOR.format(folder=server.folder, user=user))
    command = in_reach(["supervisord", "-n", "-c", str(manager._file)])
    log = (server.folder / "supervisord.out").open("wb")
    with log:
        process = subprocess.Popen(command, env=bare_environment(), stdout=log, stderr=log)
        try:
            wait_until(lambda: "RUNNING" in manager._control("status", "bluelog-web"), 60)
            server.blog.log = server.site.manager_logs / "web.log"
            yield manager
        finally:
            process.terminate()
            process.wait(60)


class Unit:
    """A service of systemd: its own ExecStart line, user, folder and environment."""

    def __init__(self, text: str, log: Path) -> None:
        self.settings = _section(text, "Service")
        self.held: socket.socket | None = None  # a socket of systemd's that it takes over
        self.process: subprocess.Popen[bytes] | None = None
        self._log = log

    def start(self) -> None:
        """Start it, and wait for its word that it is ready where it gives one."""
        with ExitStack() as until_ready:
            environment, ready = self._environment(until_ready)
            command = shlex.split(self.settings["ExecStart"])
            if self.held:
                # As systemd does it: the socket is descriptor 3, and meant for this process.
                number = self.held.fileno()
                hand_over = f'export LISTEN_PID=$$; exec "$@" 3<&{number} {number}<&-'
                command = ["bash", "-c", hand_over, "-", *command]
            with self._log.open("ab") as log:
                self.process = subprocess.Popen(
                    as_user(command),
                    env=environment,
                    cwd=self.settings["WorkingDirectory"],
                    stdout=log,
                    stderr=log,
                    pass_fds=[self.held.fileno()] if self.held else (),
                )
            if ready:
                _await_word(ready, self.process)

    def stop(self) -> float:
        """Ask it to end, as KillMode=mixed does; how many seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(float(self.settings["TimeoutStopSec"]))
        finally:
            self.process.kill()
        return time.monotonic() - began

    def reload(self) -> None:
        """Run ExecReload; it ends the process, and Restart=always brings it back."""
        assert self.process is not None
        assert self.settings["Restart"] == "always"
        words = self.settings["ExecReload"].replace("$MAINPID", str(self.process.pid))
        subprocess.run(shlex.split(words), check=True)
        self.process.wait(float(self.settings["TimeoutStopSec"]))
        time.sleep(float(self.settings["RestartSec"]))
        self.start()

    def _environment(self, stack: ExitStack) -> tuple[dict[str, str], socket.socket | None]:
        words = shlex.split(self.settings.get("Environment", ""))
        environment = bare_environment(HOME="/") | dict(word.split("=", 1) for word in words)
        if self.held:
            environment |= {"LISTEN_FDS": "1", "LISTEN_FDNAMES": "bluelog-web.socket"}
        if self.settings["Type"] != "notify":
            return environment, None
        ready = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        name = f"\0bluelog-stage-{os.getpid()}-{time.monotonic_ns()}"
        ready.bind(name)
        ready.settimeout(float(self.settings["TimeoutStartSec"]))
        return environment | {"NOTIFY_SOCKET": f"@{name[1:]}"}, ready


class Systemd:
    """The part of systemd for the shipped units: a socket that outlives every server behind it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        texts = {path.name: text for path, text in fill.systemd_files(server.site).items()}
        self._door = _section(texts["bluelog-web.socket"], "Socket")
        self.web = Unit(texts["bluelog-web.service"], server.folder / "web.log")
        self.worker = Unit(texts["bluelog-worker.service"], server.folder / "worker.log")

    def pid(self) -> int:
        assert self.web.process is not None
        return self.web.process.pid

    def stop(self) -> None:
        """Stop the socket too, for with it alone the next who knocks starts the service."""
        self.web.stop()
        assert self.web.held is not None
        self.web.held.close()
        Path(self._door["ListenStream"]).unlink()

    def start(self) -> None:
        self.web.held = _held(self._door)
        self.web.start()

    def reload(self) -> None:
        self.web.reload()

    def log(self) -> str:
        return (self.server.folder / "web.log").read_text()


@contextmanager
def behind_socket(server: Server) -> Iterator[Systemd]:
    """The blog behind a held socket."""
    manager = Systemd(server)
    server.blog.log = server.folder / "web.log"
    try:
        manager.worker.start()
        manager.start()
        yield manager
    finally:
        if manager.web.process:
            manager.stop()
        if manager.worker.process:
            manager.worker.stop()


def workers_of(pid: int) -> set[int]:
    """The processes that a main process has forked."""
    try:
        return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except FileNotFoundError:
        return set()


def _section(text: str, name: str) -> dict[str, str]:
    parser = ConfigParser(strict=False, interpolation=None, comment_prefixes=("#", ";"))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return dict(parser[name])


def _held(settings: dict[str, str]) -> socket.socket:
    path = settings["ListenStream"]
    held = socket.socket(socket.AF_UNIX)
    held.bind(path)
    Path(path).chmod(int(settings["SocketMode"], 8))
    if IS_ROOT:
        os.chown(path, getpwnam(USER).pw_uid, getgrnam(WEB_GROUP).gr_gid)
    held.listen(int(settings["Backlog"]))
    return held


def _await_word(ready: socket.socket, process: "subprocess.Popen[Any]") -> None:
    words = b""
    while b"READY=1" not in words:
        assert process.poll() is None, "it ended before it was ready"
        words += ready.recv(4096) + b"\n"
