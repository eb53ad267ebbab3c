"""What is no release's fault is told before an upgrade, and shuts nobody out when it goes back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.deploy.releases import WELL
from tests.deploy.small_machine import SmallMachine, small_machine
from tests.deploy.test_upgrade_cut_off import POSTS, assert_serves

pytestmark = pytest.mark.deploy

BAD = "/etc/nginx/conf.d/a-stranger.conf"


@pytest.fixture(scope="module")
def machine() -> Iterator[SmallMachine]:
    with small_machine() as machine:
        yield machine


@pytest.fixture(autouse=True)
def as_it_was(machine: SmallMachine) -> Iterator[None]:
    before, posts = machine.release, machine.rows(POSTS)
    yield
    assert_serves(machine, before, posts)


@contextmanager
def bad_file(machine: SmallMachine) -> Iterator[None]:
    """Another site's, which nginx was never told to read."""
    machine.write(BAD, "no_such_directive;\n")
    try:
        yield
    finally:
        machine.path(BAD).unlink()


def web_process(machine: SmallMachine) -> str:
    return machine.run("supervisorctl", "pid", "bluelog-web").stdout


def test_a_file_that_nginx_refuses_is_told_before_an_upgrade_begins(machine: SmallMachine) -> None:
    process = web_process(machine)
    with bad_file(machine):
        done = machine.deploy("upgrade", machine.change(WELL))
    assert done.returncode == 1
    assert "no_such_directive" in done.stdout
    assert "Nothing was changed." in done.stdout
    assert "Rehearsal" not in done.stdout
    assert web_process(machine) == process


def test_a_rollback_leads_back_although_nginx_refuses_a_file(machine: SmallMachine) -> None:
    before = machine.release
    assert machine.deploy("upgrade", machine.change(WELL)).returncode == 0
    with bad_file(machine):
        done = machine.deploy("rollback", "--yes")
    assert done.returncode == 0, done.stdout
    assert "no_such_directive" in done.stdout
    assert f"{before} serves again." in done.stdout
