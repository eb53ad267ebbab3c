"""Bars for what takes a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def bar(label: str, length: int) -> Iterator[Callable[[int], object]]:
    """A bar in a terminal; elsewhere the label alone, once."""
    with click.progressbar(length=length, label=f"{label:<14}") as shown:
        yield shown.update
