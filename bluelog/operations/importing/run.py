"""What every step of an import works with."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from bluelog.operations.importing.ledger import Ledger
from bluelog.operations.importing.report import Report
from bluelog.operations.importing.source import Source

T = TypeVar("T")
Advance = Callable[[int], object]
# Shows how far a step has come: entered with its name and length, told of each part done.
Progress = Callable[[str, int], AbstractContextManager[Advance]]


@contextmanager
def silently(_label: str, _length: int) -> Iterator[Advance]:
    """A progress that shows nothing."""
    yield lambda _steps: None


@dataclass(frozen=True)
class Run:
    """One import: from where, what is known, and where it is told."""

    source: Source
    ledger: Ledger
    report: Report
    at: datetime
    undated: datetime  # the time of what has none
    progress: Progress


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items, so many at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
