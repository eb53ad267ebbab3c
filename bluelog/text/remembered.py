"""Answers about what visitors send again and again: headers, addresses, names of browsers."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Answer = TypeVar("Answer")
_MOST = 1024
_LONGEST = 512


def remembered(function: Callable[..., Answer]) -> Callable[..., Answer]:
    """The function of one or more texts, which keeps what it answered last.

    What is longer together is worked out anew each time: what strangers send is to fill no memory.
    """
    kept = lru_cache(maxsize=_MOST)(function)

    @wraps(function)
    def asked(text: str | bytes, *others: str | bytes) -> Answer:
        length = len(text) + (sum(map(len, others)) if others else 0)
        return (kept if length <= _LONGEST else function)(text, *others)

    return asked
