"""What every step of an import works with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from bluelog.operations.importing.ledger import Ledger
from bluelog.operations.importing.report import Report
from bluelog.operations.importing.source import Source
from bluelog.operations.progress import Progress

T = TypeVar("T")


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
