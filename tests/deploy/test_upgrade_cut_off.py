"""An upgrade or a rollback that a power cut ends anywhere: one command, and the blog serves."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.deploy.releases import BREAKS_AFTER_A_LOSS, WELL
from tests.deploy.small_machine import SmallMachine, database_of_kind, small_machine

pytestmark = pytest.mark.deploy

POSTS = "SELECT id, slug, title, html FROM post ORDER BY id"
CUT_OFF = "The last upgrade or rollback was cut off."
# Until it is decided an upgrade leads back, from then on it leads on.
# tests/unit/test_deploy_steps.py goes through every moment; these are some with all that runs.
BACK = (
    "upgrading.close_door after 1",
    "releases.flask after 1",
    "stepping.wait_until_ready after 1",
)
ON = ("journal.keep after 3", "stepping.open_door after 1")
# Going back itself, after a migration that breaks where it counts.
GOING_BACK = ("stepping.put_back after 1",)
ROLLBACK_STAYS = ("rolling_back.archive_database after 1",)
ROLLBACK_GOES = ("stepping.put_back before 1", "releases.switch after 1")
# On PostgreSQL those that differ: around the data.
DATA = ("releases.flask after 1", "stepping.put_back after 1", "stepping.put_back before 1")
KINDS = ("sqlite", "postgresql")


def at(*points: str) -> pytest.MarkDecorator:
    """Every point on SQLite, and then those that matter on PostgreSQL."""
    pairs = [(kind, point) for kind in KINDS for point in points]
    chosen = [(kind, point) for kind, point in pairs if kind == KINDS[0] or point in DATA]
    return pytest.mark.parametrize(("machine", "point"), chosen, indirect=["machine"])


@pytest.fixture(scope="module", params=KINDS)
def machine(request: pytest.FixtureRequest) -> Iterator[SmallMachine]:
    with database_of_kind(request.param) as url, small_machine(url) as machine:
        yield machine


def cut(machine: SmallMachine, point: str, command: str, *words: str) -> None:
    done = machine.cut_off(point, command, *words)
    assert done.returncode == 137, done.stdout


def assert_serves(machine: SmallMachine, release: str, posts: str) -> None:
    """To those who come by nginx; and nothing is left that waits for an end."""
    assert machine.release == release
    assert machine.rows(POSTS) == posts
    assert "The Lantern" in machine.page("/about")
    assert not machine.path("/opt/bluelog/under-way.json").exists()
    assert " 0750 " in machine.path("/etc/tmpfiles.d/bluelog.conf").read_text()
    assert "No upgrade was cut off." in machine.flask("doctor", "--only", "upgrade")


@at(*BACK)
def test_an_upgrade_that_is_not_decided_leads_back(machine: SmallMachine, point: str) -> None:
    before, posts = machine.release, machine.rows(POSTS)
    cut(machine, point, "upgrade", machine.change(WELL))
    done = machine.deploy("upgrade", before)
    assert done.returncode == 0, done.stdout
    assert CUT_OFF in done.stdout
    assert_serves(machine, before, posts)
    assert not machine.has_table("upgraded")


@at(*ON)
def test_an_upgrade_that_is_decided_leads_on(machine: SmallMachine, point: str) -> None:
    before, posts = machine.release, machine.rows(POSTS)
    newest = machine.change(WELL)
    cut(machine, point, "upgrade", newest)
    done = machine.deploy("upgrade", newest)
    assert done.returncode == 0, done.stdout
    assert_serves(machine, newest, posts)
    machine.deploy("rollback", "--yes")
    assert_serves(machine, before, posts)
    assert not machine.has_table("upgraded")


@at(*GOING_BACK)
def test_going_back_is_gone_through_again(machine: SmallMachine, point: str) -> None:
    before, posts = machine.release, machine.rows(POSTS)
    cut(machine, point, "upgrade", machine.change(BREAKS_AFTER_A_LOSS))
    done = machine.deploy("rollback", "--yes")
    assert done.returncode == 0, done.stdout
    assert f"{before} serves again." in done.stdout
    assert_serves(machine, before, posts)


@at(*ROLLBACK_STAYS, *ROLLBACK_GOES)
def test_a_rollback_loses_nothing(machine: SmallMachine, point: str) -> None:
    before, posts = machine.release, machine.rows(POSTS)
    newest = machine.change(WELL)
    assert machine.deploy("upgrade", newest).returncode == 0
    machine.rows("UPDATE post SET title = 'Written since'")
    since = machine.rows(POSTS)
    cut(machine, point, "rollback", "--yes")
    done = machine.install()
    assert done.returncode == 0, done.stdout
    stays = point in ROLLBACK_STAYS
    assert_serves(machine, newest if stays else before, since if stays else posts)
    if stays:
        machine.deploy("rollback", "--yes")
        assert_serves(machine, before, posts)


def test_a_backup_that_has_begun_meanwhile_leaves_nobody_shut_out(machine: SmallMachine) -> None:
    """It holds the folder of archives from the first moment on until going back needs that."""
    before, posts = machine.release, machine.rows(POSTS)
    # The brackets keep it from finding itself.
    hold = "until grep -aqs 'flask.[r]estore' /proc/[0-9]*/cmdline; do sleep 0.1; done; sleep 5"
    begin = (
        "until [ -e /opt/bluelog/under-way.json ]; do sleep 0.1; done;"
        f' exec flock /var/lib/bluelog/backups/.lock sh -c "{hold}"'
    )
    machine.run("sh", "-c", f"{{ {begin}; }} >/dev/null 2>&1 &")
    done = machine.deploy("upgrade", machine.change(BREAKS_AFTER_A_LOSS))
    assert done.returncode == 1
    assert f"{before} serves again" in done.stdout, done.stdout
    assert_serves(machine, before, posts)


def test_whoever_is_second_waits(machine: SmallMachine) -> None:
    held = machine.run("flock", "/run/bluelog-upgrade.lock", *machine.installing, check=False)
    assert held.returncode == 1
    assert "An installation or upgrade is under way." in held.stdout


def test_the_doctor_names_the_way_out(machine: SmallMachine) -> None:
    before, posts = machine.release, machine.rows(POSTS)
    cut(machine, "journal.keep after 2", "upgrade", machine.change(WELL))
    assert machine.page("/about") == ""
    ask: subprocess.CompletedProcess[str] = machine.doctor("upgrade")
    assert ask.returncode == 2
    assert "sudo /opt/bluelog/current/deploy/upgrade" in ask.stdout
    assert machine.deploy("rollback").returncode == 0
    assert_serves(machine, before, posts)
