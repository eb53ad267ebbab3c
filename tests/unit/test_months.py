"""Months of a time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bluelog.text.months import month_of, month_span, months_between, year_span

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


def test_a_month_begins_at_its_midnight_there() -> None:
    span = month_span(2026, 3, SHANGHAI)
    assert span.start == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert span.end == datetime(2026, 3, 31, 16, tzinfo=UTC)


def test_a_month_in_which_the_clocks_change_is_whole() -> None:
    span = month_span(2026, 3, NEW_YORK)
    assert span.start == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert span.end == datetime(2026, 4, 1, 4, tzinfo=UTC)


def test_months_meet_and_make_up_the_year() -> None:
    spans = [month_span(2025, number, NEW_YORK) for number in range(1, 13)]
    assert [span.end for span in spans[:-1]] == [span.start for span in spans[1:]]
    assert (spans[0].start, spans[-1].end) == year_span(2025, NEW_YORK)


@pytest.mark.parametrize(("year", "month"), [(2026, 0), (2026, 13), (0, 1), (1, 1), (9999, 12)])
def test_what_no_calendar_has_is_refused(year: int, month: int) -> None:
    with pytest.raises(ValueError, match=r"month|year|^1$"):
        month_span(year, month, SHANGHAI)


def test_a_moment_is_of_the_month_that_it_is_there() -> None:
    eve = datetime(2025, 12, 31, 20, tzinfo=UTC)
    assert month_of(eve, SHANGHAI) == (2026, 1)
    assert month_of(eve, NEW_YORK) == (2025, 12)
    assert list(months_between(eve, datetime(2026, 2, 1, tzinfo=UTC), NEW_YORK)) == [
        (2025, 12),
        (2026, 1),
    ]
