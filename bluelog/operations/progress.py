"""How a long operation shows how far it has come."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Advance = Callable[[int], object]
# Shows how far a step has come: entered with its name and length, told of each part done.
Progress = Callable[[str, int], AbstractContextManager[Advance]]


@contextmanager
def silently(_label: str, _length: int) -> Iterator[Advance]:
    """A progress that shows nothing."""
    yield lambda _steps: None
