"""Packages are installed once nobody else is installing any."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy import packages
from deploy.choices import Choices
from deploy.hand import Failed, Hand

HOLD = """
import fcntl, sys
with open(sys.argv[1], "w") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(lock: Path) -> Iterator["subprocess.Popen[str]"]:
    """Somebody else installs packages."""
    command = [sys.executable, "-c", HOLD, str(lock)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(packages, "_LOCKS", (tmp_path / "none", tmp_path / "lock"))
    return tmp_path / "lock"


def test_whoever_installs_already_is_waited_for(lock: Path) -> None:
    packages.wait_for_others(Hand(), 0)
    with held(lock) as other:
        began = time.monotonic()
        with pytest.raises(Failed, match=f"others still hold {lock}"):
            packages.wait_for_others(Hand(), 0.6)
        assert time.monotonic() - began > 0.5
        other.terminate()
        packages.wait_for_others(Hand(), 30)


def test_no_program_is_asked_before_the_locks_are_free(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dpkg would refuse, and half an update of somebody else's is no cut off one."""
    told: list[str] = []

    def told_to(_hand: object, _words: str, command: list[str], **_: object) -> str:
        told.append(command[0])
        return ""

    monkeypatch.setattr(packages, "_PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(packages, "_is_installed", lambda _: False)
    monkeypatch.setattr(packages, "run", lambda command: told.append(command[0]) or "x")
    monkeypatch.setattr(Hand, "run", told_to)
    choices = Choices("blog.example.com", "")
    with held(lock), pytest.raises(Failed):
        packages.have_packages(Hand(), choices, {})
    assert told == []
    packages.have_packages(Hand(), choices, {})
    assert told == ["dpkg", "dpkg", "apt-get", "apt-get"]


@pytest.mark.parametrize("address", ["", "postgresql://bluelog@db.example.com/bluelog"])
def test_a_blog_on_postgresql_gets_the_programs_that_back_it_up(
    lock: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert not lock.exists()
    asked: list[str] = []
    monkeypatch.setattr(packages, "_is_installed", asked.append)
    monkeypatch.setattr(packages, "run", lambda _command: "")
    monkeypatch.setattr(Hand, "run", lambda *_given, **_more: "")
    packages.have_packages(Hand(), Choices("blog.example.com", ""), {"DATABASE_URL": address})
    assert ("postgresql-client" in asked) == bool(address)
