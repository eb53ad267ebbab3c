"""Which archives outlive which."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bluelog.operations.backup.rotation import (
    KEPT_WITHOUT_UPLOADS,
    Keep,
    archive_name,
    outlived,
    rotate,
)

SUNDAY = datetime(2026, 8, 30, 3, tzinfo=UTC)


def nightly(days: int, until: datetime = SUNDAY) -> list[datetime]:
    return [until - timedelta(days=back) for back in range(days)][::-1]


def names(times: list[datetime]) -> list[str]:
    return [archive_name(at, has_uploads=True) for at in times]


def kept(times: list[datetime], keep: Keep) -> list[str]:
    """The days of those that stay, as month-day."""
    gone = set(outlived(names(times), keep))
    return [f"{at:%m-%d}" for at in times if archive_name(at, has_uploads=True) not in gone]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (Keep(3, 0, 0), ["08-28", "08-29", "08-30"]),
        # Weeks begin on Monday: each keeps its Sunday.
        (Keep(0, 3, 0), ["08-16", "08-23", "08-30"]),
        (Keep(0, 0, 3), ["06-30", "07-31", "08-30"]),
        (Keep(2, 2, 2), ["07-31", "08-23", "08-29", "08-30"]),
        (Keep(0, 0, 0), ["08-30"]),
    ],
)
def test_days_weeks_and_months_keep_their_newest(keep: Keep, expected: list[str]) -> None:
    assert kept(nightly(150), keep) == expected


def test_what_is_kept_by_day_counts_for_its_week_and_month_as_well() -> None:
    assert len(kept(nightly(400), Keep(7, 4, 6))) == 7 + 3 + 5


def test_of_one_day_the_last_is_kept() -> None:
    times = [SUNDAY + timedelta(hours=hour) for hour in range(5)]
    assert outlived(names(times), Keep(7, 4, 6)) == names(times)[:-1]


def test_days_without_an_archive_do_not_count() -> None:
    times = [SUNDAY - timedelta(days=days) for days in (90, 60, 30, 0)]
    assert outlived(names(times), Keep(4, 0, 0)) == []


def test_run_night_after_night_it_keeps_what_it_would_keep_at_once() -> None:
    keep, present = Keep(3, 2, 4), list[str]()
    for name in names(nightly(200)):
        present.append(name)
        gone = set(outlived(present, keep))
        present = [one for one in present if one not in gone]
    everything = names(nightly(200))
    assert set(present) == set(everything) - set(outlived(everything, keep))


def test_archives_without_uploads_never_push_out_whole_ones() -> None:
    short = [archive_name(at, has_uploads=False) for at in nightly(9, SUNDAY + timedelta(hours=9))]
    whole = names(nightly(2))
    assert outlived([*short, *whole], Keep(2, 0, 0)) == short[:-KEPT_WITHOUT_UPLOADS]


def test_what_has_another_name_is_never_touched(tmp_path: Path) -> None:
    others = [
        "last.json",
        ".lock",
        "bluelog-20260101T000000Z.tar.gz.part",
        "bluelog-2026.tar.gz",
        "bluelog-20261399T000000Z.tar.gz",
        "my-bluelog-20260101T000000Z.tar.gz",
    ]
    for name in [*others, *names(nightly(5))]:
        (tmp_path / name).touch()
    (tmp_path / "bluelog-20250101T000000Z.tar.gz").mkdir()
    gone = rotate(tmp_path, Keep(1, 0, 0))
    assert [path.name for path in gone] == names(nightly(5))[:-1]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*others, names([SUNDAY])[0], "bluelog-20250101T000000Z.tar.gz"}


def test_names_are_in_utc_whatever_the_zone_of_the_time() -> None:
    local = datetime.fromisoformat("2026-08-30T05:00:00+08:00")
    assert archive_name(local, has_uploads=True) == "bluelog-20260829T210000Z.tar.gz"
