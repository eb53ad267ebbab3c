"""Months and years of a time zone, as spans of time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

_MONTHS_A_YEAR = 12


class Span(NamedTuple):
    """From one moment to before another."""

    start: datetime
    end: datetime


def month_span(year: int, month: int, zone: ZoneInfo) -> Span:
    """The month in that zone. Raises ValueError for one that no calendar has."""
    return Span(_first(year, month, zone), _first(*_next(year, month), zone))


def year_span(year: int, zone: ZoneInfo) -> Span:
    """The year in that zone. Raises ValueError for one that no calendar has."""
    return Span(_first(year, 1, zone), _first(year + 1, 1, zone))


def month_of(moment: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """Year and month of a moment in that zone."""
    local = moment.astimezone(zone)
    return local.year, local.month


def months_between(first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """Every month from that of the one moment to that of the other."""
    here, end = month_of(first, zone), month_of(last, zone)
    while here <= end:
        yield here
        here = _next(*here)


def _next(year: int, month: int) -> tuple[int, int]:
    return (year, month + 1) if month < _MONTHS_A_YEAR else (year + 1, 1)


def _first(year: int, month: int, zone: ZoneInfo) -> datetime:
    try:
        return datetime(year, month, 1, tzinfo=zone).astimezone(UTC)
    except OverflowError as error:  # a zone ahead of the first year there is
        raise ValueError(year) from error
