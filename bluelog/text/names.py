"""What stands in for a face: letters and a colour made from a name."""

import hashlib
import re
from functools import lru_cache

from bluelog.text.scripts import HAN, HANGUL, KANA

HUES = 12

_ONE_IS_ENOUGH = re.compile(f"[{HAN}{KANA}{HANGUL}]")
_WORDS = re.compile(r"[^\W\d_][\w'’]*")


@lru_cache(maxsize=1024)
def initials(name: str) -> str:
    """Give one or two letters for an avatar, '?' for a name without letters."""
    words = _WORDS.findall(name)
    if not words:
        return "?"
    first, last = words[0][0], words[-1][0]
    if len(words) == 1 or _ONE_IS_ENOUGH.match(first):
        return _capital(first)
    return _capital(first) + _capital(last)


@lru_cache(maxsize=1024)
def avatar_hue(seed: str) -> int:
    """Give a number from 0 to 11 that is the same for a seed in every process and release."""
    digest = hashlib.sha256(seed.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big") % HUES


def _capital(letter: str) -> str:
    # Some letters become two as capitals, such as the German sharp s.
    upper = letter.upper()
    return upper if len(upper) == 1 else letter
