"""Times as clocks on the wall show them, and the moments that they mean in a time zone."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

# Years that every database, feed and calendar at hand agrees on.
FIRST_YEAR, LAST_YEAR = 1970, 2999
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", re.ASCII)


class Change(StrEnum):
    """What a change of the clocks does to a time."""

    NONE = "none"
    SKIPPED = "skipped"
    TWICE = "twice"


@dataclass(frozen=True)
class Meant:
    """The moment in UTC that a time means, and whether the clocks were changed around it."""

    at: datetime
    change: Change


def meant(text: str, zone: ZoneInfo) -> Meant:
    """The moment that a time such as `2027-03-28T09:30` means in the zone.

    One that clocks show twice means the first; one that they skip means as much later as they are
    set forward (PEP 495, fold=0). Raises ValueError for what is no date and time.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(text)
    wall = datetime.fromisoformat(text)
    if not FIRST_YEAR <= wall.year <= LAST_YEAR:
        raise ValueError(text)
    at, other = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if other == at:
        return Meant(at, Change.NONE)
    return Meant(at, Change.TWICE if other > at else Change.SKIPPED)


def wall_time(at: datetime, zone: ZoneInfo) -> str:
    """What the clocks of the zone show, to the minute, as a form writes it."""
    return at.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")
