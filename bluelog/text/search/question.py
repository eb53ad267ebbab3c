"""What somebody asks for, whatever they typed."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

from bluelog.text.search.tokens import is_cjk, spots

LONGEST = 200
MOST_PHRASES = 10
MOST_PARTS = 16
# Tokens that follow each other.
Phrase = tuple[str, ...]

_QUOTED = re.compile(r'["“”«»「」『』＂]([^"“”«»「」『』＂]*)["“”«»「」『』＂]')


@dataclass(frozen=True)
class Question:
    """Words and phrases, and the text that they stand in."""

    text: str
    phrases: tuple[Phrase, ...]
    is_cut: bool = False

    @cached_property
    def parts(self) -> tuple[Phrase, ...]:
        """What is still worth finding where not all is found: the single words.

        Where words are not parted by spaces, any two characters may be one.
        """
        found = [part for phrase in self.phrases for part in _parts(phrase)]
        return tuple(dict.fromkeys(found))[:MOST_PARTS]


def question(typed: str) -> Question:
    """Read what was typed: words, and "phrases" in any quotation marks. Nothing else is syntax."""
    text = " ".join(typed.replace("\0", " ").split())
    shown = text[:LONGEST]
    quoted = [match[1] for match in _QUOTED.finditer(shown)]
    rest = _QUOTED.sub(" ", shown).split()
    found = [_phrase(words) for words in quoted]
    found += [run for word in rest for run in _runs(word)]
    phrases = tuple(dict.fromkeys(phrase for phrase in found if phrase))
    is_cut = len(text) > LONGEST or len(phrases) > MOST_PHRASES
    return Question(shown, phrases[:MOST_PHRASES], is_cut)


def _phrase(words: str) -> Phrase:
    return tuple(spot.token for spot in spots(words))


def _runs(word: str) -> list[Phrase]:
    """What stands between two spaces, parted where another script begins."""
    grouped = groupby((spot.token for spot in spots(word)), key=is_cjk)
    return [tuple(tokens) for _is_cjk, tokens in grouped]


def _parts(phrase: Phrase) -> list[Phrase]:
    found: list[Phrase] = []
    for cjk, run in groupby(phrase, key=is_cjk):
        tokens = list(run)
        is_text = cjk and len(tokens) > 1
        found += list(pairwise(tokens)) if is_text else [(token,) for token in tokens]
    return found
