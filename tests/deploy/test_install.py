"""From an empty Debian to a blog on HTTPS by one command, on to newer releases, and back."""

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.architecture.sources import PROJECT
from tests.deploy.bare_root import BareRoot, bare_root
from tests.deploy.releases import (
    BREAKS_AFTER_A_LOSS,
    BREAKS_AT_ONCE,
    IS_ILL_WHERE_IT_COUNTS,
    LASTS_WHERE_IT_COUNTS,
    WELL,
    Change,
    commit,
)
from tests.documents.guides import twins
from tests.postbox import wait_until

pytestmark = pytest.mark.deploy

DOMAIN = "blog.example.com"
HOW = ("--process-manager", "supervisor", "--certificate", "self-signed")
DOOR_AT_START = "/etc/tmpfiles.d/bluelog.conf"
SOURCE, CHECKOUT = "/srv/bluelog.git", "/root/bluelog"
ADA = ("--username", "ada", "--password", "plain-lantern-42", "--title", "The Lantern")


@dataclass(frozen=True)
class Machine:
    """The machine with a blog that ada has set up."""

    root: BareRoot

    def install(self, *more: str) -> str:
        return self.root.run(f"{CHECKOUT}/deploy/install", DOMAIN, *HOW, *more).stdout

    def upgrade(self, name: str) -> "subprocess.CompletedProcess[str]":
        return self.root.run("/opt/bluelog/current/deploy/upgrade", name, check=False)

    def flask(self, *words: str) -> str:
        """Run a command of `flask` as the guide says it."""
        script = 'cd /opt/bluelog/current && exec runuser -u bluelog -- .venv/bin/flask "$@"'
        return self.root.run("sh", "-c", script, "sh", *words).stdout

    def rows(self, statement: str) -> str:
        """What the database answers."""
        script = (
            "import sqlite3, sys; "
            "print(sqlite3.connect('/var/lib/bluelog/bluelog.db').execute(sys.argv[1]).fetchall())"
        )
        return self.root.run("python3", "-c", script, statement).stdout.strip()

    def change(self, change: Change) -> str:
        """A commit that follows the one that runs, in the source that the blog follows."""
        return commit(self.root.path(SOURCE), PROJECT, change)

    @property
    def release(self) -> str:
        return self.root.run("readlink", "/opt/bluelog/current").stdout.strip().rpartition("/")[2]

    @property
    def web_process(self) -> str:
        return self.root.run("supervisorctl", "pid", "bluelog-web").stdout.strip()


def get(path: str, *more: str, scheme: str = "https") -> str:
    """Ask the machine as a browser does: status line, headers, page."""
    names = [word for port in (80, 443) for word in ("--resolve", f"{DOMAIN}:{port}:127.0.0.1")]
    command = ["curl", "--silent", "--show-error", "--insecure", "--include", "--max-time", "20"]
    done = subprocess.run(
        [*command, *names, *more, f"{scheme}://{DOMAIN}{path}"],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout or done.stderr


@pytest.fixture(scope="module")
def first_run() -> Iterator[tuple[BareRoot, str]]:
    """The machine after the first run of the installer, and what that said."""
    for port in (80, 443):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))  # the machine shares this one's network
    with bare_root() as root:
        clone = ["git", "clone", "--quiet", "--bare", "--no-hardlinks", str(PROJECT)]
        subprocess.run([*clone, str(root.path(SOURCE))], check=True)
        root.run("git", "clone", "--quiet", SOURCE, CHECKOUT)
        done = root.run(f"{CHECKOUT}/deploy/install", DOMAIN, *HOW)
        yield root, done.stdout


@pytest.fixture(scope="module")
def machine(first_run: tuple[BareRoot, str]) -> Machine:
    machine = Machine(first_run[0])
    machine.flask("init", *ADA)
    return machine


@contextmanager
def nothing_changes(machine: Machine) -> Iterator[None]:
    """Whatever happens, the same release serves the same words afterwards."""
    before = machine.release, machine.rows(POSTS), get("/about").splitlines()[0]
    yield
    assert (machine.release, machine.rows(POSTS), get("/about").splitlines()[0]) == before


POSTS = "SELECT id, slug, title, html FROM post ORDER BY id"


def test_the_installer_ends_with_the_address_where_the_blog_is_set_up(
    first_run: tuple[BareRoot, str],
) -> None:
    said = first_run[1]
    assert re.search(rf"https://{DOMAIN}/setup\?code=[0-9a-f]{{20}}", said)
    assert "/readyz says that database, migrations, worker and disk are well" in said


def test_the_blog_answers_over_https_and_plain_http_leads_there(machine: Machine) -> None:
    assert get("/").startswith("HTTP/2 200")
    assert "The Lantern" in get("/")
    redirect = get("/about?lang=en", scheme="http")
    assert redirect.startswith("HTTP/1.1 308")
    assert f"Location: https://{DOMAIN}/about?lang=en" in redirect


def test_a_host_that_is_nobodys_here_gets_nothing(machine: Machine) -> None:
    stranger = ["curl", "--silent", "--insecure", "--max-time", "20"]
    codes = [
        subprocess.run([*stranger, address], check=False, capture_output=True).returncode
        for address in ("http://127.0.0.1/", "https://127.0.0.1/")
    ]
    assert codes[0] in (52, 56)  # hung up on
    assert codes[1] == 35  # no certificate


def test_a_second_run_changes_nothing(machine: Machine) -> None:
    def state() -> str:
        places = ("/etc", "/opt/bluelog/releases", "/opt/bluelog/current", "/var/www")
        look = ("find", *places, "-not", "-type", "d", "-printf", "%p %m %u %T@ %l\\n")
        return machine.root.run(*look).stdout + machine.web_process

    before = state()
    assert "nothing had to be changed" in machine.install()
    assert state() == before


def test_a_dry_run_says_what_it_would_do_and_does_none_of_it(machine: Machine) -> None:
    machine.root.run("rm", "/etc/tmpfiles.d/bluelog.conf")
    said = machine.install("--dry-run")
    assert "would      writes /etc/tmpfiles.d/bluelog.conf" in said
    assert not machine.root.path("/etc/tmpfiles.d/bluelog.conf").exists()
    assert "does       writes /etc/tmpfiles.d/bluelog.conf" in machine.install()


def test_secrets_are_the_blogs_and_roots_alone(machine: Machine) -> None:
    names = ("/etc/bluelog/bluelog.env", "/var/lib/bluelog/bluelog.db", "/run/bluelog/web.sock")
    for name in names:
        as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
        assert machine.root.run(*as_nobody, "test", "-r", name, check=False).returncode == 1
    rights = machine.root.run("stat", "--format=%a %U:%G", "/etc/bluelog/bluelog.env").stdout
    assert rights.strip() == "640 root:bluelog"


def test_nginx_hands_out_assets_and_pictures_by_itself(machine: Machine) -> None:
    address = re.search(r'href="(/static/css/reader\.[0-9a-f]{10}\.css)"', get("/"))
    assert address is not None
    picture = f"/uploads/{'a' * 64}.png"
    machine.root.path(f"/var/lib/bluelog{picture}").write_bytes(b"a picture")
    machine.root.run("supervisorctl", "stop", "bluelog-web")
    try:
        for path in (address.group(1), picture):
            answer = get(path)
            assert answer.startswith("HTTP/2 200")
            assert "cache-control: public, max-age=31536000, immutable" in answer
            assert "x-content-type-options: nosniff" in answer
    finally:
        machine.root.run("supervisorctl", "start", "bluelog-web")


# Plays ssh to the other machine, whose sshd runs what the guide has in authorized_keys.
SSH = """\
#!/bin/sh
while :; do case "$1" in -[lo]) shift 2 ;; -*) shift ;; *) break ;; esac; done
shift
export SSH_ORIGINAL_COMMAND="$*"
exec {command}
"""


def test_the_guides_key_for_copies_adds_archives_and_does_nothing_else(machine: Machine) -> None:
    root, there = machine.root, "/home/backup/bluelog-backups"
    root.run("apt-get", "install", "-qq", "--no-install-recommends", "rsync")
    root.run("install", "-d", "-o", "bluelog", there)
    (command,) = re.findall(r'command="(.+?)"', twins("vps")[0].text)
    root.write("/usr/local/bin/ssh", SSH.format(command=command), 0o755)
    machine.flask("backup")
    (destination,) = set(re.findall(r"flask copy-backups (\S+)", twins("vps")[0].text))
    machine.flask("copy-backups", destination)
    (archive,) = root.path(there).glob("bluelog-2*.tar.gz")
    whole = archive.read_bytes()
    assert whole == root.path(f"/var/lib/bluelog/backups/{archive.name}").read_bytes()

    def tried(*words: str) -> int:
        user = ["runuser", "-u", "bluelog", "--", "rsync", "--archive", "--rsh=ssh"]
        return root.run(*user, *words, check=False).returncode

    root.write(f"/tmp/ill/{archive.name}", "ill")
    assert tried("--ignore-times", "--inplace", "/tmp/ill/", destination) == 0
    assert tried("--delete", "/var/empty/", destination) != 0
    assert tried(f"{destination}{archive.name}", "/tmp/read") != 0
    assert tried("/tmp/ill/", f"{destination}../..") != 0
    assert archive.read_bytes() == whole
    assert not root.path("/tmp/read").exists()


def test_an_upgrade_goes_on_to_the_newest_and_a_rollback_leads_back(machine: Machine) -> None:
    with nothing_changes(machine):
        newest = machine.change(WELL)
        done = machine.upgrade("HEAD")
        assert done.returncode == 0, done.stdout
        assert machine.release == newest
        assert WELL.mark in get("/about")
        assert machine.rows("SELECT count(*) FROM upgraded") == "[(0,)]"
        machine.root.run("/opt/bluelog/current/deploy/rollback", "--yes")
        assert machine.rows("SELECT 1 FROM sqlite_master WHERE name = 'upgraded'") == "[]"


def test_a_migration_that_breaks_is_found_on_the_copy_while_the_blog_goes_on(
    machine: Machine,
) -> None:
    process = machine.web_process
    with nothing_changes(machine):
        done = machine.upgrade(machine.change(BREAKS_AT_ONCE))
    assert done.returncode == 1
    assert BREAKS_AT_ONCE.mark in done.stdout
    assert machine.web_process == process


@pytest.mark.parametrize("change", [BREAKS_AFTER_A_LOSS, IS_ILL_WHERE_IT_COUNTS])
def test_what_fails_on_the_real_data_alone_is_undone_by_itself(
    machine: Machine, change: Change
) -> None:
    with nothing_changes(machine):
        commit_id = machine.change(change)
        done = machine.upgrade(commit_id)
    assert done.returncode == 1
    assert change.mark in done.stdout
    assert f"{commit_id} was not let in" in done.stdout
    assert oct(machine.root.path("/run/bluelog").stat().st_mode)[-3:] == "750"


def test_an_upgrade_that_was_cut_off_is_undone_by_the_next(machine: Machine) -> None:
    process = "/run/cut-off.pid"
    begin = f"echo $$ >{process}; exec /opt/bluelog/current/deploy/upgrade"
    under_way = machine.root.path("/opt/bluelog/under-way.json")
    with nothing_changes(machine):
        present = machine.release
        machine.change(LASTS_WHERE_IT_COUNTS)
        machine.root.run("sh", "-c", f"setsid sh -c '{begin}' >/run/cut-off.log 2>&1 &")
        wait_until(under_way.is_file, seconds=400)
        wait_until(lambda: "lost" in machine.rows(POSTS), seconds=60)
        machine.root.run("sh", "-c", f"kill -9 -$(cat {process})")
        assert "d /run/bluelog 0700 " in machine.root.path(DOOR_AT_START).read_text()
        done = machine.upgrade(present)
        assert "The last upgrade or rollback was cut off." in done.stdout
        assert "d /run/bluelog 0750 " in machine.root.path(DOOR_AT_START).read_text()
        assert done.returncode == 0


def test_nobody_is_let_in_while_an_upgrade_looks_at_itself(machine: Machine) -> None:
    """The door is the socket's folder: closed, nginx shows what it has, and root gets through."""
    run = machine.root.path("/run/bluelog")
    get("/about")
    run.chmod(0o700)
    try:
        assert get("/about").startswith("HTTP/2 200")  # an older copy
        never_asked = get("/links")
        assert never_asked.startswith("HTTP/2 503")
        assert "retry-after: 30" in never_asked
        assert "博客马上恢复" in never_asked
        posted = get("/auth/login", "--data", "username=ada")
        assert posted.startswith("HTTP/2 503")
    finally:
        run.chmod(0o750)
    assert get("/links").startswith("HTTP/2 200")
