"""A machine as deploy/install leaves it, laid out at once in a view of files of its own.

Unlike the bare root it shares this one's programs and packages, so that it stands in seconds:
Supervisor is real, and so are the releases, their settings and both databases; nginx is played by
whoever asks through the socket as the user that nginx is. A release gets this project's packages.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.architecture.sources import PROJECT
from tests.deploy.machine import PIPENV, PLAYED, WAITS, Machine, changing, living
from tests.deploy.releases import Change, commit
from tests.postbox import wait_until
from tests.postgres import temporary_server

DOMAIN = "blog.example.com"
ADA = ("--username", "ada", "--password", "plain-lantern-42", "--title", "The Lantern")
CHECKOUT = "/srv/checkout"
OTHER_DISK = "/srv/disk"
_CHANGED = ("etc", "opt", "run", "srv", "var")
_SETTINGS = """\
FLASK_CONFIG=production
SECRET_KEY=a-key-for-the-machine-of-the-tests-only
BLUELOG_URL=https://blog.example.com
BLUELOG_PROXY_COUNT=1
BLUELOG_DATA_DIR=/var/lib/bluelog
"""
_PLAYED = {
    "dpkg-query": "#!/bin/sh\necho install ok installed\n",
    "dpkg": "#!/bin/sh\n# Everything is installed whole.\n",
    "service": '#!/bin/sh\n[ "$1" != nginx ] || exec /usr/sbin/service "$@"\n',
}
_SUPERVISOR = """\
[supervisord]
logfile=/var/log/supervisord.log
pidfile=/run/supervisord.pid
user=root
[unix_http_server]
file=/run/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/supervisor.sock
[include]
files=/etc/supervisor/conf.d/*.conf
"""


@dataclass(frozen=True)
class SmallMachine(Machine):
    """The machine, and the repository that its releases come from."""

    source: Path  # the repository that it follows
    base: Path  # the same as it was in the beginning
    database_url: str
    _changes: dict[Change, str] = field(default_factory=dict)

    def flask(self, *words: str) -> str:
        script = 'cd /opt/bluelog/current && exec runuser -u bluelog -- .venv/bin/flask "$@"'
        return self.run("sh", "-c", script, "sh", *words).stdout

    def deploy(self, command: str, *words: str) -> "subprocess.CompletedProcess[str]":
        return self.run(f"/opt/bluelog/current/deploy/{command}", *words, check=False)

    def cut_off(self, point: str, command: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """The same, killed at a point that tests/deploy/cut_off.py knows."""
        script = str(PROJECT / "tests/deploy/cut_off.py")
        call = 'python3 -B "$@"; exit $?'
        return self.run("sh", "-c", call, "sh", script, point, command, *words, check=False)

    def doctor(self, check: str) -> "subprocess.CompletedProcess[str]":
        script = "cd /opt/bluelog/current && exec runuser -u bluelog -- .venv/bin/flask doctor"
        return self.run("sh", "-c", f"{script} --only {check}", check=False)

    @property
    def database_file(self) -> str:
        """Where SQLite keeps the blog's data; nothing where a server does."""
        if self.database_url.startswith("sqlite:///"):
            return self.database_url.removeprefix("sqlite:///")
        return "" if self.database_url else "/var/lib/bluelog/bluelog.db"

    @property
    def installing(self) -> list[str]:
        """The command line of the installer."""
        how = ["--process-manager", "supervisor", "--certificate", "self-signed"]
        return [f"{CHECKOUT}/deploy/install", DOMAIN, "--source", str(self.source), *how]

    def install(self) -> "subprocess.CompletedProcess[str]":
        return self.run(*self.installing, check=False)

    def page(self, path: str) -> str:
        """What nginx's user is told through the socket; nothing where the door is closed."""
        ask = ["setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups", "--"]
        ask += ["curl", "--silent", "--max-time", "20", "--unix-socket", "/run/bluelog/web.sock"]
        for name, value in (("Proto", "https"), ("Host", DOMAIN), ("For", "127.0.0.1")):
            ask += ["--header", f"X-Forwarded-{name}: {value}"]
        return self.run(*ask, f"http://{DOMAIN}{path}", check=False).stdout

    def rows(self, statement: str) -> str:
        """What the database answers."""
        if not self.database_file:
            plain = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--command"]
            return self.run(*plain, statement, self.database_url).stdout.strip()
        script = (
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
            "print(c.execute(sys.argv[2]).fetchall()); c.commit()"
        )
        return self.run("python3", "-c", script, self.database_file, statement).stdout.strip()

    def has_table(self, name: str) -> bool:
        """Whether it is among those that the blog sees."""
        if not self.database_file:
            return self.rows(f"SELECT to_regclass('{name}') IS NOT NULL") == "t"
        query = f"SELECT count(*) FROM sqlite_master WHERE name = '{name}'"  # noqa: S608
        return self.rows(query) != "[(0,)]"

    def wait_until_served(self) -> None:
        wait_until(lambda: "The Lantern" in self.page("/about"), 60)

    def follow(self, name: str) -> None:
        """Have the source say that this commit is its newest."""
        git = ["git", "-C", str(self.source)]
        subprocess.run([*git, "update-ref", "HEAD", name], check=True)

    @property
    def way_back(self) -> Path:
        """The archive that deploy/rollback leads back to."""
        return self.path(json.loads(self.path("/opt/bluelog/before.json").read_text())["archive"])

    @property
    def set_aside(self) -> list[str]:
        """Where data lie that no archive could be made of, in the words of the rollback."""
        if not self.database_file:
            names = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'bluelog_set_aside_%'"
            return sorted(f"the schema {name.strip()}" for name in self.rows(names).splitlines())
        folder = str(Path(self.database_file).with_name("set-aside"))
        places = self.path(folder)
        return sorted(f"{folder}/{p.name}" for p in places.iterdir()) if places.is_dir() else []

    def change(self, change: Change) -> str:
        """A commit that follows the one that was installed, in the source; its id."""
        if change not in self._changes:
            self._changes[change] = commit(self.source, self.base, change)
        return self._changes[change]

    @property
    def release(self) -> str:
        return self.path("/opt/bluelog/current").readlink().name


@contextmanager
def database_of_kind(kind: str) -> Iterator[str]:
    """The URL of an empty database: on PostgreSQL that of a role without power.

    None for SQLite where the blog has it unasked, or on a disk of its own.
    """
    if kind.startswith("sqlite"):
        yield "" if kind == "sqlite" else f"sqlite:///{OTHER_DISK}/own.db"
        return
    with temporary_server() as server:
        role = "CREATE ROLE bluelog LOGIN CREATEDB"
        for statement in (role, "CREATE DATABASE bluelog OWNER bluelog"):
            subprocess.run(["psql", "--quiet", "--command", statement, server], check=True)
        yield server.replace("postgres@", "bluelog@").rpartition("/")[0] + "/bluelog"


@contextmanager
def small_machine(database_url: str = "") -> Iterator[SmallMachine]:
    """The machine with a blog that ada has set up; everything is gone afterwards."""
    with empty_machine(_SETTINGS, database_url) as machine:
        assert "The blog runs at" in (done := machine.install()).stdout, done.stdout
        machine.flask("init", *ADA)
        yield machine


@contextmanager
def empty_machine(settings: str, database_url: str = "") -> Iterator[SmallMachine]:
    """The machine with the settings and no blog."""
    with tempfile.TemporaryDirectory(prefix="bluelog-small-") as name:
        source, base, folder = (Path(name) / each for each in ("source.git", "base", "machine"))
        clone = ["git", "-c", "safe.directory=*", "clone", "--quiet", "--bare"]
        subprocess.run([*clone, "--no-hardlinks", PROJECT, source], check=True)
        subprocess.run([*clone, "--shared", source, base], check=True)
        folder.mkdir()
        with _living(folder) as pid:
            machine = SmallMachine(pid, source, base, database_url)
            _lay_out(machine, settings)
            machine.run("supervisord", "-c", "/etc/supervisor/supervisord.conf")
            yield machine


@contextmanager
def _living(folder: Path) -> Iterator[int]:
    """Start the first process; with it everything ends that ran there."""
    way = _way_to_python()
    script = changing(folder, sorted({*_CHANGED, *(folder.parts[1] for folder in way)}))
    script += "".join(f"chmod o+x {folder} && " for folder in way)
    script += WAITS
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
    with living([*command, "sh", "-c", script]) as pid:
        yield pid


def _way_to_python() -> list[Path]:
    """The folders that the blog's user must go through, where one of them is private."""
    folders = list(Path(sys.base_prefix).parents)[-2::-1]
    return folders if any(not folder.stat().st_mode & 0o001 for folder in folders) else []


def _lay_out(machine: SmallMachine, settings: str) -> None:
    """What deploy/install finds: settings, the source, and programs that are only played."""
    for name, text in _PLAYED.items():
        machine.write(f"{PLAYED}/{name}", text, 0o755)
    machine.write("/opt/bluelog/tools/bin/pipenv", PIPENV, 0o755)
    machine.write("/etc/supervisor/supervisord.conf", _SUPERVISOR)
    url = machine.database_url
    if OTHER_DISK in url:
        machine.run("mkdir", OTHER_DISK)
        machine.run("mount", "-t", "tmpfs", "-o", "mode=777", "tmpfs", OTHER_DISK)
    settings += f"DATABASE_URL={url}\n" if url else ""
    machine.write("/etc/bluelog/bluelog.env", settings, 0o640)
    machine.run("git", "clone", "--quiet", str(machine.source), CHECKOUT)
