"""Undoing an upgrade in whatever state the blog is: what was written since is never gone."""

import re
import tarfile
from collections.abc import Iterator

import pytest

from tests.deploy.releases import BREAKS_AFTER_A_LOSS, WELL
from tests.deploy.small_machine import SmallMachine, database_of_kind, small_machine
from tests.deploy.test_upgrade_cut_off import POSTS, assert_serves

pytestmark = pytest.mark.deploy

SINCE = "Written since"
BREAK_SQLITE = 'head -c 4096 /dev/urandom | dd of="$1" conv=notrunc'


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "sqlite elsewhere"])
def machine(request: pytest.FixtureRequest) -> Iterator[SmallMachine]:
    with database_of_kind(request.param) as url, small_machine(url) as machine:
        yield machine


@pytest.fixture
def upgraded(machine: SmallMachine) -> Iterator[tuple[SmallMachine, str, str]]:
    """A machine after an upgrade in which something was written: its release and posts of before.

    Afterwards it is as it was.
    """
    before, posts = machine.release, machine.rows(POSTS)
    done = machine.deploy("upgrade", machine.change(WELL))
    assert done.returncode == 0, done.stdout
    machine.rows(f"UPDATE post SET title = '{SINCE}'")  # noqa: S608
    yield machine, before, posts
    assert_serves(machine, before, posts)


def break_data(machine: SmallMachine) -> None:
    """So that nobody can read them, or make an archive of them."""
    if machine.database_file:
        machine.run("sh", "-c", BREAK_SQLITE, "sh", machine.database_file)
    else:
        machine.rows("DROP TABLE alembic_version")


def test_what_was_written_up_to_the_door_is_in_the_archive_that_is_named(
    upgraded: tuple[SmallMachine, str, str],
) -> None:
    machine, before, posts = upgraded
    others = machine.set_aside
    done = machine.deploy("rollback", "--yes")
    assert done.returncode == 0, done.stdout
    assert_serves(machine, before, posts)
    named = re.search(r"What was written since is in (\S+\.tar\.gz)\.", done.stdout)
    assert named
    with tarfile.open(machine.path(named[1])) as archive:
        parts = [archive.extractfile(each) for each in archive if each.isfile()]
        assert any(SINCE.encode() in part.read() for part in parts if part)
    assert machine.set_aside == others


def test_data_that_cannot_be_archived_are_set_aside(
    upgraded: tuple[SmallMachine, str, str],
) -> None:
    machine, before, posts = upgraded
    others = machine.set_aside
    break_data(machine)
    done = machine.deploy("rollback", "--yes")
    assert done.returncode == 0, done.stdout
    assert "No backup of what is now could be made" in done.stdout
    assert "It cannot be archived, and is set aside as it is." in done.stdout
    (kept,) = set(machine.set_aside) - set(others)
    assert f"What was written since is in {kept}." in done.stdout
    assert_serves(machine, before, posts)
    machine.flask("backup", "--quiet")  # and what is set aside is no hindrance to the next


def test_a_rollback_that_cannot_go_back_leaves_the_blog_as_it_is(
    upgraded: tuple[SmallMachine, str, str],
) -> None:
    machine, before, _ = upgraded
    newest, since = machine.release, machine.rows(POSTS)
    archive = machine.way_back
    whole = archive.read_bytes()
    archive.write_bytes(whole[:2000])
    done = machine.deploy("rollback", "--yes")
    assert done.returncode == 1
    assert f"{newest} serves on." in done.stdout
    assert_serves(machine, newest, since)
    archive.write_bytes(whole)
    assert machine.deploy("rollback", "--yes").returncode == 0
    assert machine.release == before


def test_an_upgrade_that_fails_leaves_the_way_back_of_before(
    upgraded: tuple[SmallMachine, str, str],
) -> None:
    machine, _, _ = upgraded
    newest, since = machine.release, machine.rows(POSTS)
    done = machine.deploy("upgrade", machine.change(BREAKS_AFTER_A_LOSS))
    assert done.returncode == 1
    assert_serves(machine, newest, since)
    assert machine.deploy("rollback", "--yes").returncode == 0


def test_an_upgrade_goes_on_when_the_terminal_is_gone(machine: SmallMachine) -> None:
    before, posts = machine.release, machine.rows(POSTS)
    newest = machine.change(WELL)
    call = f"/opt/bluelog/current/deploy/upgrade {newest} | true"
    machine.run("sh", "-c", call)
    assert_serves(machine, newest, posts)
    assert machine.deploy("rollback", "--yes").returncode == 0
    assert_serves(machine, before, posts)
    assert len(list(machine.path("/var/lib/bluelog/backups/before-upgrade").iterdir())) <= 4
