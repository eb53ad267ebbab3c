"""What a time on the wall means on days when the clocks are changed, and on all others."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelog.text.wall_time import Change, meant, wall_time

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("typed", "utc", "change"),
    [
        ("2027-01-15T09:30", datetime(2027, 1, 15, 8, 30), Change.NONE),
        ("2027-07-15 09:30", datetime(2027, 7, 15, 7, 30), Change.NONE),
        # At two the clocks are set forward to three, so that half past two is half past three.
        ("2027-03-28T02:30", datetime(2027, 3, 28, 1, 30), Change.SKIPPED),
        ("2027-03-28T03:00", datetime(2027, 3, 28, 1, 0), Change.NONE),
        # At three they are set back to two, so that half past two comes again an hour later.
        ("2027-10-31T02:30", datetime(2027, 10, 31, 0, 30), Change.TWICE),
        ("2027-10-31T03:00", datetime(2027, 10, 31, 2, 0), Change.NONE),
    ],
)
def test_a_time_means_one_moment(typed: str, utc: datetime, change: Change) -> None:
    found = meant(typed, BERLIN)
    assert (found.at, found.change) == (utc.replace(tzinfo=UTC), change)


def test_a_skipped_time_is_shown_as_the_one_that_it_became() -> None:
    assert wall_time(meant("2027-03-28T02:30", BERLIN).at, BERLIN) == "2027-03-28T03:30"


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "2027-02-30T10:00", "2027-01-01", "2027-01-01T10:00+02:00", "0001-01-01T00:00"]
    + ["9999-12-31T23:59", "2027-01-01T25:00", "２０２７-01-01T10:00"],
)
def test_what_is_no_date_and_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        meant(typed, BERLIN)


@given(
    st.datetimes(datetime(1970, 1, 3), datetime(2999, 12, 30)),
    st.sampled_from([ZoneInfo(name) for name in ZONES]),
)
def test_what_clocks_show_is_read_back_as_what_they_show(wall: datetime, zone: ZoneInfo) -> None:
    typed = wall.isoformat(timespec="minutes")
    found = meant(typed, zone)
    is_as_typed = wall_time(found.at, zone) == typed
    assert is_as_typed is (found.change != Change.SKIPPED)
