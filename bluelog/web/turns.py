"""Requests that may take long, a few at a time: the others' threads stay free for short ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from werkzeug.exceptions import ServiceUnavailable

AT_ONCE = 2
_PATIENCE_SECONDS = 3.0
_RETRY_SECONDS = 5
_turns = BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one of this process's turns. Raises ServiceUnavailable when none comes."""
    if not _turns.acquire(timeout=_PATIENCE_SECONDS):
        raise ServiceUnavailable(retry_after=_RETRY_SECONDS)
    try:
        yield
    finally:
        _turns.release()
