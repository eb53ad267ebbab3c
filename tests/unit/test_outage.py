"""A server that is away is asked by one caller a pause."""

import pytest

from bluelog import outage
from bluelog.outage import Outage


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(outage, "time", made)
    return made


def test_a_server_that_is_there_is_always_asked() -> None:
    server = Outage()
    assert [server.lets_ask() for _ in range(3)] == [True] * 3
    assert not server.answered()


def test_after_a_failure_one_asks_each_pause(clock: Clock) -> None:
    server = Outage(pause_seconds=5)
    assert server.failed()
    assert not server.failed()
    assert not server.lets_ask()
    clock.now += 5
    assert [server.lets_ask() for _ in range(3)] == [True, False, False]
    clock.now += 5
    assert server.lets_ask()


def test_an_answer_ends_it_and_is_news_once(clock: Clock) -> None:
    server = Outage()
    server.failed()
    assert server.answered()
    assert not server.answered()
    assert [server.lets_ask() for _ in range(2)] == [True] * 2
