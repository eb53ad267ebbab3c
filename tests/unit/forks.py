"""Children of the test's own process, for what several processes do together."""

import os
from collections.abc import Callable

import pytest

# The second: newer Pythons warn where the runner has threads; these children use none of them.
needs_fork = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork"),
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]


def in_children(count: int, work: Callable[[int], None]) -> list[int]:
    """Run `work(number)` in `count` children at once; the ids of those that did not fail."""
    children = [_start(number, work) for number in range(count)]
    return [child for child in children if os.waitpid(child, 0)[1] == 0]


def _start(number: int, work: Callable[[int], None]) -> int:
    """The child leaves at once, without the parent's cleaning up."""
    if child := os.fork():
        return child
    code = 1
    try:
        work(number)
        code = 0
    finally:
        os._exit(code)
