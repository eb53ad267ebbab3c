"""Chapter 4 of the guide, run line by line as it stands there, under either process manager.

Packages are there already, and so the programs that fetch some are played; and there is no Let's
Encrypt here: its few lines alone are left out, and the installer that comes last asks it.
"""

import re
import shlex
from collections.abc import Iterator

import pytest

from tests.deploy.machine import PIPENV, PLAYED
from tests.deploy.quick_machine import SOURCE, QuickMachine, quick_machine
from tests.deploy.small_machine import ADA
from tests.deploy.test_guide import blocks

pytestmark = pytest.mark.deploy

PARTS = (
    "Packages, user, folders",
    "The code",
    "Packages, with Pipenv",
    "Settings",
    "Database and administrator",
    "gunicorn",
    "{manager}",
    "nginx",
    "Hand it over",
)
MANAGERS = {"systemd": "systemd", "supervisor": "Or Supervisor"}
# What the installer adds: its own notes, room for more connections, and the certificate.
LEFT_TO_IT = (
    "builds /opt/bluelog/releases/",
    "writes /etc/bluelog/install.json",
    "writes /etc/nginx/modules-enabled/90-bluelog.conf",
    "writes /etc/nginx/nginx.conf",
    "asks Let's Encrypt",
    "links /etc/bluelog/tls/",
    "has nginx take it up",
    "restarts bluelog-",
)
# Debian starts what it installs.
APT_GET = """\
#!/bin/sh
case "$*" in *supervisor*) service supervisor start ;; *nginx*) service nginx start ;; esac
"""
# The window in which the web server is tried, and the other one.
TRIED = """\
set -m
{line} &
tried=$!
set +m
until curl --silent http://127.0.0.1:8000/healthz; do sleep 0.5; kill -0 $tried; done
kill -INT -- -$tried # Ctrl-C
wait $tried || true
"""


@pytest.fixture(params=list(MANAGERS))
def manager(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def machine() -> Iterator[QuickMachine]:
    with quick_machine() as machine:
        machine.run("rm", "-rf", "/opt/bluelog")
        machine.write(f"{PLAYED}/apt-get", APT_GET, 0o755)
        machine.write("/srv/pipenv", PIPENV, 0o755)
        yield machine


def script(manager: str) -> str:
    """The lines of the chapter, with the reader's own values in their place."""
    text = "".join(
        block for part in PARTS for block in blocks(part.format(manager=MANAGERS[manager]))
    )
    return "".join(f"{as_done(line, manager)}\n" for line in text.splitlines())


def as_done(line: str, manager: str) -> str:
    line = line.replace("REPOSITORY", SOURCE)
    if line.endswith("-m pip install pipenv"):
        return "install /srv/pipenv /opt/bluelog/tools/bin/pipenv"
    if line.endswith("flask init"):
        return f"{line} {shlex.join(ADA)}"
    if "--bind 127.0.0.1:8000" in line:
        return TRIED.format(line=line)
    if line.startswith("deploy/install") and manager == "supervisor":
        return f"{line} --process-manager supervisor"
    return line


def test_the_chapter_ends_with_a_blog_that_the_installer_finds_as_it_should_be(
    machine: QuickMachine, manager: str
) -> None:
    done = machine.run("bash", "-ec", f"umask 022\n{script(manager)}", check=False)
    assert done.returncode == 0, done.stdout
    assert "\nok" in done.stdout
    assert set(machine.running()) == {"gunicorn", "flask worker"}
    assert machine.get("/about").startswith("HTTP/2 200")
    assert "The Lantern" in machine.get("/about")
    handed_over = done.stdout.rpartition("\nPackages and user\n")[2]
    changes = re.findall(r"^  does +(.*)$", handed_over, re.MULTILINE)
    assert [words for words in changes if not words.startswith(LEFT_TO_IT)] == []
