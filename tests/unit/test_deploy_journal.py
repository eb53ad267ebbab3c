"""What the next command must know after a power cut, and whose turn it is."""

import json
import os
import pwd
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy import data, hand, journal, lock
from deploy.hand import Failed, say
from deploy.journal import Before, Step
from deploy.lock import alone, undisturbed

STEP = Step("20260801t031500z", "/opt/bluelog/releases/a", before=Before("/b", "/b.tar.gz"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(journal, "UNDER_WAY", tmp_path / "under-way.json")
    monkeypatch.setattr(journal, "BEFORE", tmp_path / "before.json")
    monkeypatch.setattr(lock, "LOCK", tmp_path / "lock")
    kept = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)}
    yield tmp_path
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_step_is_read_as_it_was_kept() -> None:
    for step in (STEP, replace(STEP, before=None, archive="/a.tar.gz", is_decided=True)):
        journal.keep(step)
        assert journal.under_way() == step
    journal.forget()
    assert journal.under_way() is None


def test_words_of_a_newer_release_are_passed_over(home: Path) -> None:
    journal.keep(STEP)
    found = json.loads((home / "under-way.json").read_text())
    (home / "under-way.json").write_text(json.dumps(found | {"mood": "hopeful"}))
    assert journal.under_way() == STEP
    older = {"release": "/b", "archive": "/b.tar.gz", "is_under_way": False}
    (home / "before.json").write_text(json.dumps(older))
    assert journal.way_back() == Before("/b", "/b.tar.gz")


def test_a_way_back_is_kept_until_there_is_none() -> None:
    journal.keep_way_back(Before("/b", "/b.tar.gz"))
    assert journal.way_back() == Before("/b", "/b.tar.gz")
    journal.keep_way_back(None)
    assert journal.way_back() is None


def test_a_way_back_within_a_step_may_be_of_a_newer_release(home: Path) -> None:
    journal.keep(STEP)
    found = json.loads((home / "under-way.json").read_text())
    found["before"]["mood"] = "hopeful"
    (home / "under-way.json").write_text(json.dumps(found))
    assert journal.under_way() == STEP


def test_only_what_is_not_decided_may_lead_back() -> None:
    assert not journal.may_lead_back()
    for is_decided in (False, True):
        journal.keep(replace(STEP, is_decided=is_decided))
        assert journal.may_lead_back() is not is_decided


def test_a_file_is_whole_and_nothing_is_left_beside_it(home: Path) -> None:
    journal.write_whole(home / "file", "all of it")
    assert [path.name for path in home.iterdir()] == ["file"]
    assert (home / "file").stat().st_mode & 0o777 == 0o644


def test_the_newest_archives_stay_and_the_one_that_leads_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "USER", pwd.getpwuid(os.geteuid()).pw_name)
    names = [f"2026080{day}t031500z" for day in range(1, 7)]
    for name in names:
        (tmp_path / "archives" / name).mkdir(parents=True)
    data.prune_archives(tmp_path / "archives", str(tmp_path / "archives" / names[0] / "a.tar.gz"))
    kept = sorted(path.name for path in (tmp_path / "archives").iterdir())
    assert kept == [names[0], *names[-3:]]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may hold the lock")
def test_one_at_a_time() -> None:
    with alone(), pytest.raises(Failed, match="under way"), alone():
        pass
    with alone():
        pass


def test_going_back_is_not_disturbed() -> None:
    with undisturbed():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_a_terminal_that_is_gone_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as gone:
        monkeypatch.setattr(hand.sys, "stdout", gone)
        say("nobody reads this")
        say("nor this")
        assert hand.sys.stdout is not gone
        hand.sys.stdout.close()
        monkeypatch.undo()
        with pytest.raises(BrokenPipeError):
            gone.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), gone.fileno())
