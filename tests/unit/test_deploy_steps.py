"""A step killed before and after everything that it does to a disk, and led to its end."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from deploy import journal
from deploy.hand import Failed
from deploy.journal import Before
from tests.unit.deploy_world import MIGRATED, World, killed, make_world, way_back

pytestmark = pytest.mark.slow

FORMER = Before("/opt/bluelog/releases/former", "/former.tar.gz")
TIMES = 2


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(tmp_path / "world", monkeypatch)


def each_kill(world: World, act: Callable[[], None]) -> Iterator[int]:
    """Every moment at which it can be killed, each beginning from the same state."""
    kept = world.folder.with_name("kept")
    shutil.copytree(world.folder, kept, symlinks=True)
    at = 0
    while True:
        at += 1
        shutil.rmtree(world.folder)
        shutil.copytree(kept, world.folder, symlinks=True)
        if not killed(act, at):
            assert at > 30
            return
        yield at


def test_an_upgrade_leads_back_or_on(world: World) -> None:
    journal.keep_way_back(FORMER)
    seen = set()
    for _ in each_kill(world, world.upgrade):
        world.finish()
        served = world.serves()
        seen.add(served)
        before = way_back()
        if served == ("old", "words"):
            assert before == FORMER
        else:
            assert served == ("new", f"{MIGRATED}words")
            assert before
            assert world.said(Path(before.archive)) == ("old", "words")
    assert len(seen) == 2


def test_an_upgrade_that_is_ill_leads_back(world: World) -> None:
    world.ill = "new"
    for _ in each_kill(world, world.upgrade):
        world.finish()
        assert world.serves() == ("old", "words")


@pytest.mark.parametrize("can_archive", [True, False])
def test_a_rollback_loses_no_word(world: World, *, can_archive: bool) -> None:
    world.upgrade()
    world.write("new", "written since")
    world.can_archive = can_archive
    seen = set()
    for _ in each_kill(world, world.roll_back):
        world.finish()
        seen.add(world.serves())
        assert "written since" in world.kept() | {world.said()[1]}
    assert seen == {("new", "written since"), ("old", "words")}


def test_a_rollback_that_cannot_go_back_is_given_up(world: World) -> None:
    world.upgrade()
    world.write("new", "written since")
    world.ill = "old"
    for _ in each_kill(world, world.roll_back):
        with suppress(Failed):
            world.finish()
        assert world.serves() == ("new", "written since")
        assert way_back()


def test_finishing_may_be_cut_off_as_well(world: World) -> None:
    chance = random.Random(11)
    world.upgrade()
    world.write("new", "written since")
    for at in each_kill(world, world.roll_back):
        for _ in range(TIMES):
            killed(world.finish, chance.randrange(1, 60))
        world.finish()
        assert at
        assert world.serves() in {("new", "written since"), ("old", "words")}
        assert "written since" in world.kept() | {world.said()[1]}


def test_what_was_set_aside_is_gone_where_an_archive_has_it(world: World) -> None:
    world.upgrade()
    world.write("new", "written since")
    world.roll_back()
    assert world.serves() == ("old", "words")
    assert list((world.server.site.data / "set-aside").iterdir()) == []
    assert "written since" in world.kept()
