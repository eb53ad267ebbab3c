"""Which archives are kept.

Of the days on which there is an archive the last few keep their newest one, and so do the last few
weeks and months; the newest of all is always kept. Whatever is named otherwise is never touched.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"bluelog-(database-)?([0-9]{8}T[0-9]{6}Z)\.tar\.gz")
KEPT_WITHOUT_UPLOADS = 5


@dataclass(frozen=True)
class Keep:
    """How many days, weeks (from Monday) and months keep an archive."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 6


def archive_name(at: datetime, *, has_uploads: bool) -> str:
    return f"bluelog-{'' if has_uploads else 'database-'}{at.astimezone(UTC):{_STAMP}}.tar.gz"


def rotate(folder: Path, keep: Keep) -> list[Path]:
    """Delete the archives that are not to be kept; which they were."""
    names = [path.name for path in folder.iterdir() if path.is_file()]
    old = [folder / name for name in outlived(names, keep)]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def outlived(names: Iterable[str], keep: Keep) -> list[str]:
    """The names that fall out of the rotation, oldest first."""
    whole, without_uploads = _by_time(names)
    kept = set(sorted(whole)[-1:])
    for count, period in (
        (keep.daily, lambda at: at.date()),
        (keep.weekly, lambda at: at.isocalendar()[:2]),
        (keep.monthly, lambda at: (at.year, at.month)),
    ):
        kept |= _newest_of_each(sorted(whole), period, count)
    kept_short = set(sorted(without_uploads)[-KEPT_WITHOUT_UPLOADS:])
    gone = {at: whole[at] for at in whole.keys() - kept}
    gone_short = {at: without_uploads[at] for at in without_uploads.keys() - kept_short}
    return [gone[at] for at in sorted(gone)] + [gone_short[at] for at in sorted(gone_short)]


def _by_time(names: Iterable[str]) -> tuple[dict[datetime, str], dict[datetime, str]]:
    """Whole archives and those without uploads, each by when it was made."""
    whole: dict[datetime, str] = {}
    without_uploads: dict[datetime, str] = {}
    for name in names:
        match = _NAME.fullmatch(name)
        at = _time(match[2]) if match else None
        if match and at:
            (without_uploads if match[1] else whole)[at] = name
    return whole, without_uploads


def _time(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _newest_of_each(
    times: list[datetime], period: Callable[[datetime], object], count: int
) -> set[datetime]:
    newest = {period(at): at for at in times}  # a later one takes the place of an earlier one
    return set(sorted(newest.values())[-count:]) if count else set()
