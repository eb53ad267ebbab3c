"""What the doctor says: how bad it is, what it is, what to do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from functools import partial
from typing import Any, NamedTuple

from flask_babel import format_timedelta
from flask_babel.speaklater import LazyString

_STEP = 1024


class Level(IntEnum):
    """The worst one of an examination is the exit code of `flask doctor`."""

    FINE = 0
    WARNING = 1
    FAILURE = 2


@dataclass(frozen=True)
class Finding:
    """One sentence, and where something is to be done, what and by which command.

    `words` and `advice` are lazy translatable strings; a command is the same in every language.
    """

    level: Level
    words: Any
    advice: Any = ""
    command: str = ""


fine = partial(Finding, Level.FINE)
warning = partial(Finding, Level.WARNING)
failure = partial(Finding, Level.FAILURE)


@dataclass(frozen=True)
class Check:
    """One subject; `look` takes the seconds it may last, `needs` begins the names of settings.

    It is left out while a setting that it rests on is wrong.
    """

    name: str
    title: Any
    look: Callable[[float], Iterable[Finding]]
    needs: tuple[str, ...] = ()
    seconds: float = 10.0


class Entry(NamedTuple):
    """A finding, and the check that made it."""

    check: Check
    finding: Finding


def worst(entries: Iterable[Entry]) -> Level:
    """The level of the examination as a whole."""
    return max((entry.finding.level for entry in entries), default=Level.FINE)


def size(count: int) -> str:
    """Bytes as people say them: `1.5 GB`."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if amount < _STEP:
            break
        amount, unit = amount / _STEP, larger
    return f"{amount:.0f} {unit}" if amount >= 10 or unit == "B" else f"{amount:.1f} {unit}"  # noqa: PLR2004


def age(past: timedelta) -> LazyString:
    """A length of time in the words of whoever reads it."""
    return LazyString(format_timedelta, past, granularity="minute")
