"""Going back asks for no more than there was before, and shuts nobody out."""

import errno
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy import configuring, journal
from deploy.fill import Site
from deploy.hand import Failed
from deploy.journal import Before
from tests.unit.deploy_world import MIGRATED, World, make_world, way_back

SINCE = "written since"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(tmp_path / "world", monkeypatch)


@pytest.fixture
def upgraded(world: World) -> World:
    """After an upgrade, and with words that only the new release has."""
    world.upgrade()
    world.write("new", SINCE)
    return world


def fall_ill(world: World, what: str) -> str:
    """Have something be wrong that is no business of a release; what is said of it."""
    setattr(world, what, "old" if what == "workless" else False)
    return "a stranger's file is bad" if what == "is_configurable" else "/readyz says no"


def fill_disk(monkeypatch: pytest.MonkeyPatch, refused: str) -> None:
    """Let nothing be kept any more in which that is found."""
    write = journal.write_whole

    def write_where_room_is(path: Path, text: str) -> None:
        if re.search(refused, f"{path.name} {text}"):
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, text)

    monkeypatch.setattr(journal, "write_whole", write_where_room_is)
    monkeypatch.setattr("deploy.door.write_whole", write_where_room_is)


DECIDED = '"is_decided": true'
ILLS = ("is_configurable", "has_room", "workless")


@pytest.mark.parametrize("what", ILLS)
def test_an_upgrade_leads_back_to_a_blog_that_was_ill_before(
    world: World, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    said = fall_ill(world, what)
    world.ill = "new"
    with pytest.raises(Failed, match="old serves again"):
        world.upgrade()
    assert world.serves() == ("old", "words")
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("what", ILLS)
def test_a_rollback_leads_back_to_a_blog_that_is_ill(upgraded: World, what: str) -> None:
    fall_ill(upgraded, what)
    upgraded.roll_back()
    assert upgraded.serves() == ("old", "words")


@pytest.mark.parametrize("what", ILLS)
def test_a_rollback_that_is_given_up_lets_people_in(upgraded: World, what: str) -> None:
    fall_ill(upgraded, what)
    upgraded.ill = "old"
    before = way_back()
    with pytest.raises(Failed, match="serves on"):
        upgraded.roll_back()
    assert upgraded.serves() == ("new", SINCE)
    assert way_back() == before


def test_what_is_cut_off_lets_people_in_although_not_all_starts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise Failed("no worker")

    journal.keep(replace(journal.Step("now", str(world.old)), is_decided=True))
    monkeypatch.setattr(world.server.manager, "start", fail)
    world.finish()
    assert world.serves() == ("old", "words")


@pytest.mark.parametrize("refused", [DECIDED, f"{DECIDED}| 0750 "])
def test_a_disk_that_is_full_before_the_door_opens_leads_back(
    world: World, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    fill_disk(monkeypatch, refused)
    with pytest.raises(Failed, match=r"No space left(.|\n)*old serves again"):
        world.upgrade()
    assert world.server.site.run.stat().st_mode & 0o777 == 0o750
    assert journal.under_way() is None
    assert world.said() == ("old", "words")


def test_the_start_of_the_machine_is_told_later_where_the_disk_was_full(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        fill_disk(full, f"{DECIDED}| 0750 ")
        with pytest.raises(Failed):
            world.upgrade()
        assert " 0700 " in (world.folder / "tmpfiles").read_text()
    world.finish()
    assert world.serves() == ("old", "words")


def test_a_disk_that_is_full_afterwards_shuts_nobody_out(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as full:
        fill_disk(full, "before.json")
        world.upgrade()
        assert world.server.site.run.stat().st_mode & 0o777 == 0o750
    assert "when there is room" in capsys.readouterr().out
    world.finish()
    assert world.serves() == ("new", f"{MIGRATED}words")
    assert way_back()


def test_data_that_are_untouched_stay_when_their_archive_cannot_be_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_disk(monkeypatch, r'"archive": "/\S+", "before": null')
    monkeypatch.setattr("deploy.stepping.put_back", None)
    with pytest.raises(Failed, match="old serves again"):
        world.upgrade()
    assert world.serves() == ("old", "words")


def test_a_rollback_that_the_disk_has_no_room_for_is_not_begun(
    upgraded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_disk(monkeypatch, '"archive": "/.*"before": null')
    with pytest.raises(Failed, match=r"No space left(.|\n)*new serves on"):
        upgraded.roll_back()
    assert upgraded.serves() == ("new", SINCE)


def test_the_word_of_the_old_worker_does_not_count_for_the_new_one(world: World) -> None:
    world.workless = "new"
    with pytest.raises(Failed, match="old serves again"):
        world.upgrade()
    assert world.serves() == ("old", "words")


def test_a_rollback_does_not_pass_over_what_was_put_there_by_hand(upgraded: World) -> None:
    by_hand = upgraded.folder / "releases" / "by-hand"
    by_hand.mkdir()
    current = upgraded.folder / "current"
    current.unlink()
    current.symlink_to(by_hand)
    with pytest.raises(Failed, match=r"led to new, and by-hand runs(.|\n)*Nothing was changed\."):
        upgraded.roll_back()
    current.unlink()
    current.symlink_to(upgraded.new)
    assert upgraded.serves() == ("new", SINCE)
    upgraded.roll_back()
    assert upgraded.serves() == ("old", "words")


def test_a_way_back_that_does_not_say_where_it_led_is_believed(upgraded: World) -> None:
    before = way_back()
    assert before
    journal.keep_way_back(Before(before.release, before.archive))
    upgraded.roll_back()
    assert upgraded.serves() == ("old", "words")


def test_the_units_are_those_of_the_release_also_where_nginx_refuses_its_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise Failed("nginx refuses its files")

    written: list[Site] = []
    manager = SimpleNamespace(configure=lambda _, site: written.append(site))
    choices = {"domain": "blog.example.com", "source": ""}
    monkeypatch.setattr(configuring, "kept_choices", lambda: choices)
    monkeypatch.setattr(configuring.web_server, "configure", refuse)
    monkeypatch.setattr(configuring, "MANAGERS", {"systemd": lambda: manager})
    assert configuring.main() == 1
    assert [site.domain for site in written] == ["blog.example.com"]
