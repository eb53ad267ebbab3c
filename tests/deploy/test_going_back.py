"""What is no release's fault is told before an upgrade, and shuts nobody out when it goes back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.deploy.releases import BREAKS_AFTER_A_LOSS, WELL, WORKER_DIES
from tests.deploy.small_machine import SmallMachine, small_machine
from tests.deploy.test_upgrade_cut_off import POSTS, assert_serves

pytestmark = pytest.mark.deploy

BAD = "/etc/nginx/conf.d/a-stranger.conf"
CURRENT = "/opt/bluelog/current"


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


def test_an_upgrade_leads_back_to_a_blog_whose_worker_does_not_run(machine: SmallMachine) -> None:
    """Its file is the old release's own, and was spoilt before."""
    worker = machine.path(f"/opt/bluelog/releases/{machine.release}/bluelog/cli/worker.py")
    text = worker.read_text()
    worker.write_text(f"{text}{WORKER_DIES.lines}")
    try:
        done = machine.deploy("upgrade", machine.change(BREAKS_AFTER_A_LOSS))
    finally:
        worker.write_text(text)
    assert done.returncode == 1
    assert f"{machine.release} serves again." in done.stdout
    assert BREAKS_AFTER_A_LOSS.mark in done.stdout
    machine.run("supervisorctl", "restart", "bluelog-worker")


def test_a_worker_that_dies_is_found_at_the_rehearsal(machine: SmallMachine) -> None:
    """The live one was seen a moment ago, and that word is in the copy as well."""
    process = web_process(machine)
    done = machine.deploy("upgrade", machine.change(WORKER_DIES))
    assert done.returncode == 1
    assert WORKER_DIES.mark in done.stdout
    assert "Step over" not in done.stdout
    assert web_process(machine) == process


def test_a_rollback_refuses_where_another_release_was_put_by_hand(machine: SmallMachine) -> None:
    before, newest = machine.release, machine.change(WELL)
    assert machine.deploy("upgrade", newest).returncode == 0
    machine.run("ln", "-sfn", f"/opt/bluelog/releases/{before}", CURRENT)
    done = machine.deploy("rollback", "--yes")
    assert done.returncode == 1
    assert f"led to {newest}, and {before} runs" in done.stdout
    machine.run("ln", "-sfn", f"/opt/bluelog/releases/{newest}", CURRENT)
    assert machine.deploy("rollback", "--yes").returncode == 0
