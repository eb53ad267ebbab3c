"""Equal errors: a mail at once, one after five minutes, one after an hour, and that is all."""

import json
from dataclasses import dataclass
from errno import ENOSPC
from math import inf
from pathlib import Path

import pytest

from bluelog.web.logging.throttle import Decision, Throttle
from tests.unit.forks import in_children, needs_fork

pytestmark = needs_fork

MINUTE = 60.0
DAY = 86400.0


@dataclass
class Clock:
    time: float = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(tmp_path: Path, clock: Clock) -> Throttle:
    return Throttle(tmp_path / "state.json", clock=clock)


def test_the_first_error_is_mailed_at_once_and_the_next_are_held(
    throttle: Throttle, clock: Clock
) -> None:
    assert throttle.admit("a").is_due
    due = clock.time + 5 * MINUTE
    assert throttle.admit("a") == Decision(is_due=False, held=1, ask_at=due)
    assert throttle.admit("a") == Decision(is_due=False, held=2, ask_at=due)


def test_what_was_held_is_told_after_five_minutes_and_after_an_hour(
    throttle: Throttle, clock: Clock
) -> None:
    began = clock.time
    for _ in range(50):
        throttle.admit("a")
    clock.time = began + 5 * MINUTE - 1
    assert not throttle.release("a").is_due
    clock.time = began + 5 * MINUTE
    assert throttle.release("a") == Decision(is_due=True, held=49, ask_at=began + 60 * MINUTE)
    assert not throttle.release("a").is_due
    throttle.admit("a")
    clock.time = began + 60 * MINUTE
    assert throttle.release("a") == Decision(is_due=True, held=1, ask_at=inf)


def test_an_error_after_the_delay_is_mailed_with_the_count(
    throttle: Throttle, clock: Clock
) -> None:
    throttle.admit("a")
    throttle.admit("a")
    clock.time += 6 * MINUTE
    decision = throttle.admit("a")
    assert (decision.is_due, decision.held) == (True, 1)


@pytest.mark.parametrize("apart", [0.0, 1.0, 10.0, 70.0, 600.0, 1700.0])
def test_fifty_equal_errors_within_a_day_give_at_most_three_mails(
    throttle: Throttle, clock: Clock, apart: float
) -> None:
    mails = 0
    for _ in range(50):
        mails += throttle.admit("a").is_due
        clock.time += apart
        mails += throttle.release("a").is_due
    clock.time += 2 * 60 * MINUTE
    mails += throttle.release("a").is_due
    mails += throttle.release("a", early=True).is_due
    assert 2 <= mails <= 3


def test_an_error_a_day_later_is_news_and_tells_what_was_held(
    throttle: Throttle, clock: Clock
) -> None:
    for minutes in (0, 5, 55, 1, 1):
        clock.time += minutes * MINUTE
        throttle.admit("a")
    clock.time += DAY
    decision = throttle.admit("a")
    assert (decision.is_due, decision.held) == (True, 2)


def test_different_errors_do_not_wait_for_each_other(throttle: Throttle) -> None:
    assert throttle.admit("a").is_due
    assert throttle.admit("b").is_due
    assert not throttle.admit("a").is_due


def test_processes_count_together(throttle: Throttle, clock: Clock) -> None:
    other = Throttle(throttle.path, clock=clock)
    assert throttle.admit("a").is_due
    assert other.admit("a").held == 1
    assert throttle.admit("a").held == 2
    clock.time += 5 * MINUTE
    assert throttle.release("a").held == 2
    assert other.release("a") == Decision(is_due=False, held=0, ask_at=inf)


def test_no_count_is_lost_between_processes(throttle: Throttle) -> None:
    throttle.admit("a")

    def admit_many(_number: int) -> None:
        for _ in range(50):
            throttle.admit("a")

    assert len(in_children(4, admit_many)) == 4
    assert throttle.admit("a").held == 201


def test_a_shutdown_brings_forward_the_second_mail_but_not_the_third(throttle: Throttle) -> None:
    throttle.admit("a")
    assert not throttle.release("a", early=True).is_due
    throttle.admit("a")
    assert throttle.release("a", early=True).is_due
    throttle.admit("a")
    assert not throttle.release("a", early=True).is_due


def test_a_mail_that_could_not_be_sent_is_tried_again_with_everything(
    throttle: Throttle, clock: Clock
) -> None:
    told = throttle.admit("a").held
    for errors in range(1, 5):
        again = throttle.take_back("a", held=told + (errors == 1))
        assert again == Decision(is_due=False, held=errors, ask_at=clock.time + 5 * MINUTE)
        assert not throttle.admit("a").is_due
        clock.time = again.ask_at
        told = throttle.release("a").held
        assert told == errors + 1


def test_mails_keep_their_distance_after_the_mail_server_was_away(
    throttle: Throttle, clock: Clock
) -> None:
    throttle.admit("a")
    throttle.take_back("a", held=1)
    clock.time += 50 * MINUTE
    assert throttle.release("a").is_due
    throttle.admit("a")
    assert throttle.release("a") == Decision(is_due=False, held=1, ask_at=clock.time + 5 * MINUTE)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}', '{"a": {"x": 1}}', "\x00"])
def test_a_damaged_file_is_taken_as_empty(throttle: Throttle, content: str) -> None:
    throttle.path.write_text(content)
    assert throttle.admit("a").is_due
    assert not throttle.admit("a").is_due


def test_where_the_disk_refuses_a_process_counts_alone(tmp_path: Path, clock: Clock) -> None:
    throttle = Throttle(tmp_path / "missing" / "state.json", clock=clock)
    assert throttle.admit("a").is_due
    assert throttle.admit("a").held == 1
    assert throttle.admit("a").held == 2


def test_a_disk_that_fills_up_makes_no_old_error_news(
    throttle: Throttle, monkeypatch: pytest.MonkeyPatch
) -> None:
    throttle.admit("before")

    def write_half(path: Path, text: str, *_: object) -> None:
        path.write_bytes(text[:10].encode())
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", write_half)
        assert not throttle.admit("before").is_due
        assert throttle.admit("meanwhile").is_due
        assert not throttle.admit("meanwhile").is_due
    assert {file.name for file in throttle.path.parent.iterdir()} == {"state.lock", "state.json"}
    assert throttle.admit("meanwhile").held == 2
    assert throttle.admit("before").held == 2


def test_a_clock_set_back_does_not_silence_errors(throttle: Throttle, clock: Clock) -> None:
    throttle.admit("a")
    clock.time -= DAY
    assert throttle.admit("a").is_due


def test_the_file_stays_small(
    throttle: Throttle, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bluelog.web.logging.throttle._MOST_INCIDENTS", 20)
    for number in range(30):
        throttle.admit(f"key-{number}")
        clock.time += 1
    assert list(json.loads(throttle.path.read_text())) == [f"key-{n}" for n in range(10, 30)]
    assert not throttle.admit("key-29").is_due
