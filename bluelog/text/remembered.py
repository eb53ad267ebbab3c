"""Answers about what visitors send again and again: headers, addresses, names of browsers."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Answer = TypeVar("Answer")
_MOST = 1024
_LONGEST = 256


def remembered(function: Callable[[str], Answer]) -> Callable[[str], Answer]:
    """The function, which keeps what it answered last.

    What is longer is worked out anew each time: what strangers send is to fill no memory.
    """
    kept = lru_cache(maxsize=_MOST)(function)

    @wraps(function)
    def asked(text: str) -> Answer:
        return kept(text) if len(text) <= _LONGEST else function(text)

    return asked
