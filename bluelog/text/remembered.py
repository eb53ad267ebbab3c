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
    def asked(*texts: str) -> Answer:
        return kept(*texts) if sum(map(len, texts)) <= _LONGEST else function(*texts)

    return asked
