"""Many values in as many statements as a database needs for them."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
# What one statement names: far below what either database takes.
PORTION = 500


def in_portions(values: Sequence[T], size: int = PORTION) -> Iterator[Sequence[T]]:
    """The values, so many at a time, in their order."""
    return (values[start : start + size] for start in range(0, len(values), size))
