"""How many proxies there are is read off what each of them added."""

import pytest
from flask import Flask

from bluelog.operations.doctor.address import judge_count, proxies_before
from bluelog.operations.doctor.arrival import Arrival
from bluelog.operations.doctor.finding import Level

FORGED, HOME, CDN, NGINX = "2001:db8::7", "192.0.2.1", "198.51.100.2", "127.0.0.1"


@pytest.mark.parametrize(
    ("chain", "count"),
    [
        ([FORGED], 0),
        ([FORGED, HOME], 1),
        ([FORGED, HOME, CDN], 2),
        ([HOME], 1),
        ([HOME, CDN], 2),
        ([], 0),
    ],
    ids=["straight", "added", "two added", "replaced", "replaced, then added", "removed"],
)
def test_each_proxy_adds_one_word_after_the_forged_one(chain: list[str], count: int) -> None:
    assert proxies_before(chain, FORGED) == count


@pytest.mark.parametrize(
    ("counted", "proxies", "seen", "level", "command"),
    [
        (0, 0, HOME, Level.FINE, ""),
        (1, 1, HOME, Level.FINE, ""),
        (1, 0, FORGED, Level.FAILURE, "BLUELOG_PROXY_COUNT=0"),
        (2, 1, FORGED, Level.FAILURE, "BLUELOG_PROXY_COUNT=1"),
        (0, 1, NGINX, Level.FAILURE, "BLUELOG_PROXY_COUNT=1"),
        (1, 2, CDN, Level.FAILURE, "BLUELOG_PROXY_COUNT=2"),
    ],
)
def test_the_right_count_is_named(
    counted: int, proxies: int, seen: str, level: Level, command: str
) -> None:
    arrived = Arrival([], seen, "https", "blog.example.com")
    found = judge_count(counted, proxies, arrived, needs_proxy=False)
    assert (found.level, found.command) == (level, command)


@pytest.mark.parametrize(
    ("chain", "counted", "words"),
    [
        ([FORGED, HOME], 2, "Visitors can forge their address"),
        ([FORGED, HOME], 3, "Visitors can forge their address"),
        ([HOME], 2, "All visitors look like one"),
        ([FORGED, HOME], 0, "All visitors look like one"),
    ],
)
def test_what_a_wrong_count_leads_to_is_said(chain: list[str], counted: int, words: str) -> None:
    arrived = Arrival(chain, NGINX, "https", "blog.example.com")
    with Flask("bluelog").app_context():
        found = judge_count(counted, 1, arrived, needs_proxy=True)
    assert words in repr(found.words)


def test_a_proxy_that_must_be_there_and_says_nothing_is_told_to_speak() -> None:
    arrived = Arrival([FORGED], NGINX, "http", "blog.example.com")
    found = judge_count(1, 0, arrived, needs_proxy=True)
    assert found.level is Level.FAILURE
    assert found.command.startswith("proxy_set_header X-Forwarded-For")
