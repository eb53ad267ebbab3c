"""The parts of an import that need neither app nor database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bluelog.operations.importing.report import Kind, Outcome, Report
from bluelog.operations.importing.run import batches
from bluelog.operations.importing.slugs import Slugs
from bluelog.operations.importing.values import flag, moment, number, text, web_address, words
from bluelog.text.language import language_of


@pytest.mark.parametrize(
    ("sample", "language"),
    [
        ("", "en"),
        ("12:30 !!!", "en"),
        ("A walk in the park", "en"),
        ("今天天气很好", "zh-Hans"),
        ("用 Flask 和 SQLAlchemy 写一个博客", "zh-Hans"),
        ("A long English text about the city of 北京 and its parks and people", "en"),
        ("今日はとてもいい天気ですね", "ja"),
        ("오늘은 날씨가 좋네요", "ko"),
    ],
)
def test_a_language_is_told_by_its_letters(sample: str, language: str) -> None:
    assert language_of(sample) == language


@pytest.mark.parametrize(
    ("stored", "time"),
    [
        ("2022-10-10 09:10:52.000000", datetime(2022, 10, 10, 9, 10, 52, tzinfo=UTC)),
        ("2022-10-10", datetime(2022, 10, 10, tzinfo=UTC)),
        (datetime(2022, 10, 10, 9), datetime(2022, 10, 10, 9, tzinfo=UTC)),  # noqa: DTZ001 - naive
        (
            datetime(2022, 10, 10, 9, tzinfo=timezone(timedelta(hours=8))),
            datetime(2022, 10, 10, 1, tzinfo=UTC),
        ),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (0, None),
        (None, None),
    ],
)
def test_a_time_is_utc_or_none(stored: object, time: datetime | None) -> None:
    assert moment(stored) == time


def test_values_of_any_kind_are_read() -> None:
    assert text("a\x00b\tc\r\n") == "ab\tc\r\n"
    assert text(b"caf\xc3\xa9 \xff") == "café \ufffd"
    assert words("  a\n b\u3000c ") == "a b c"
    assert [number(value) for value in (7, "7", None, "x", float("inf"))] == [
        7,
        7,
        None,
        None,
        None,
    ]
    assert [flag(value) for value in (1, True, "t", 0, None, "")] == [True] * 3 + [False] * 3


@pytest.mark.parametrize("url", ["", "#", "/a", "//host/a", "ftp://a.b", "http://", "http://a b.c"])
def test_what_is_no_address_of_the_web(url: str) -> None:
    assert web_address(url) == ""


def test_slugs_are_given_once() -> None:
    slugs = Slugs(["taken", "taken-2"], "pinyin")
    assert [slugs.give(title) for title in ("Taken", "taken!", "学习", "学习")] == [
        "taken-3",
        "taken-4",
        "xue-xi",
        "xue-xi-2",
    ]
    assert Slugs([], "native").give("学习") == "学习"


def test_batches_hold_everything_in_order() -> None:
    assert list(batches(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batches([], 2)) == []


def test_a_report_counts_and_names() -> None:
    report = Report()
    report.count(Kind.POST, Outcome.ADDED, 3)
    report.skip(Kind.LINK, "no address", "link 1")
    report.note("A word.")
    lines = list(report.lines())
    assert ["Posts", "3", "0", "0", "0"] in [line.split() for line in lines]
    assert ["Links", "0", "0", "0", "1"] in [line.split() for line in lines]
    assert lines[-4:] == ["Links skipped: no address (1):", "  - link 1", "", "A word."]
