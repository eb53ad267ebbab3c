"""What a time on the wall means on days when the clocks are changed, and on all others."""

from datetime import datetime
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
        ("2027-01-15T09:30", "2027-01-15T08:30", Change.NONE),
        ("2027-07-15 09:30", "2027-07-15T07:30", Change.NONE),
        # At two the clocks are set forward to three, so that half past two is half past three.
        ("2027-03-28T02:30", "2027-03-28T01:30", Change.SKIPPED),
        ("2027-03-28T03:00", "2027-03-28T01:00", Change.NONE),
        # At three they are set back to two, so that half past two comes again an hour later.
        ("2027-10-31T02:30", "2027-10-31T00:30", Change.TWICE),
        ("2027-10-31T03:00", "2027-10-31T02:00", Change.NONE),
    ],
)
def test_a_time_means_one_moment(typed: str, utc: str, change: Change) -> None:
    found = meant(typed, BERLIN)
    assert (found.at, found.change) == (datetime.fromisoformat(f"{utc}+00:00"), change)


def test_a_skipped_time_is_shown_as_the_one_that_it_became() -> None:
    assert wall_time(meant("2027-03-28T02:30", BERLIN).at, BERLIN) == "2027-03-28T03:30"


@pytest.mark.parametrize(
    "typed",
    [
        *("", "soon", "2027-02-30T10:00", "2027-01-01", "2027-01-01T10:00+02:00"),
        *("0001-01-01T00:00", "9999-12-31T23:59", "2027-01-01T25:00", "２０２７-01-01T10:00"),
    ],
)
def test_what_is_no_date_and_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        meant(typed, BERLIN)


@given(
    st.datetimes(datetime.fromisoformat("1970-01-03"), datetime.fromisoformat("2999-12-30")),
    st.sampled_from([ZoneInfo(name) for name in ZONES]),
)
def test_what_clocks_show_is_read_back_as_what_they_show(wall: datetime, zone: ZoneInfo) -> None:
    typed = wall.isoformat(timespec="minutes")
    found = meant(typed, zone)
    is_as_typed = wall_time(found.at, zone) == typed
    assert is_as_typed is (found.change != Change.SKIPPED)
