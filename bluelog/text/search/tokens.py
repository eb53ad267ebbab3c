"""What a text is made of, as far as it can be found.

A token is a word without accents, capitals and English endings, or one character of a script that
is written without spaces. Whether a text is stored or asked for, it is taken apart by this alone,
so both databases find the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from bluelog.text.scripts import CJK, HAN, KANA
from bluelog.text.search.stems import stem
from bluelog.text.slug import NOT_DECOMPOSED

# A word may be told with its accents as characters of their own.
_WORD = re.compile(rf"[{HAN}{KANA}]|(?:(?![{HAN}{KANA}_])[\w\u0300-\u036f])+")
_MARKS_ON_LATIN = re.compile("(?<=[a-z])[\u0300-\u036f]+")
# What no person writes is no word: longer ones are cut.
_LONGEST = 64


class Spot(NamedTuple):
    """A token, and where in the text it stands."""

    start: int
    end: int
    token: str


def tokens(text: str) -> list[str]:
    """Every token of the text, in order."""
    return [token for word in _WORD.findall(text) for token in _tokens_of(word)]


def spots(text: str) -> Iterator[Spot]:
    """Every token with its place."""
    for word in _WORD.finditer(text):
        for token in _tokens_of(word[0]):
            yield Spot(word.start(), word.end(), token)


def is_cjk(token: str) -> bool:
    """Whether it is a character of a script without spaces."""
    return CJK.match(token) is not None


def grams(found: Sequence[str]) -> Iterator[str]:
    """What an index without places finds tokens by: each of them, and pairs of such characters."""
    yield from found
    yield from (a + b for a, b in pairwise(found) if is_cjk(a) and is_cjk(b))


def needed(phrase: Sequence[str]) -> Iterator[str]:
    """What of `grams` every text with that phrase has; the fewest that say as much."""
    pairs = [(a, b) for a, b in pairwise(phrase) if is_cjk(a) and is_cjk(b)]
    paired = {token for pair in pairs for token in pair}
    yield from (token for token in phrase if token not in paired)
    yield from (a + b for a, b in pairs)


def joined(found: Iterable[str]) -> str:
    """Tokens as one text, with a space between them."""
    return " ".join(found)


@lru_cache(maxsize=65536)
def _tokens_of(word: str) -> tuple[str, ...]:
    if len(word) == 1 and is_cjk(word):
        return (unicodedata.normalize("NFKC", word),)
    folded = _folded(word)
    # Full-width and other forms may hold more than one word of plain ones.
    return tuple(stem(part[:_LONGEST]) for part in _WORD.findall(folded))


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).casefold()
    if plain.isascii():
        return plain
    decomposed = unicodedata.normalize("NFD", plain).translate(NOT_DECOMPOSED)
    return unicodedata.normalize("NFC", _MARKS_ON_LATIN.sub("", decomposed))
