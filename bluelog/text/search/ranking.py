"""Which of some texts fit best."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bluelog.text.search.question import Phrase
from bluelog.text.search.tokens import joined

TITLE, TAGS, BODY = 10.0, 5.0, 1.0
# How soon a word that comes again says nothing more, and how much a long text counts against it.
_SATURATION, _LENGTH = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may fit, as the index holds it: tokens with a space between them."""

    post_id: int
    title: str
    tags: str
    body: str
    marks: str = ""


def fitting(
    candidates: Sequence[Candidate], phrases: Sequence[Phrase], *, every: bool, in_title: bool
) -> list[Candidate]:
    """Those that have every phrase, or any of them, best first; the former order among equals.

    Source: Robertson, Zaragoza, Simple BM25 Extension to Multiple Weighted Fields, 2004.
    """
    sought = [f" {joined(phrase)} " for phrase in phrases]
    weights = [[_weight(one, words, in_title=in_title) for words in sought] for one in candidates]
    enough = all if every else any
    kept = [(one, row) for one, row in zip(candidates, weights, strict=True) if enough(row)]
    columns = zip(*(row for _one, row in kept), strict=True)
    rarity = [_rarity(sum(map(bool, column)), len(kept)) for column in columns]
    usual = sum(len(one.body) for one, _row in kept) / (len(kept) or 1) or 1.0
    scored = [(_score(one, row, rarity, usual), one) for one, row in kept]
    scored.sort(key=lambda pair: pair[0], reverse=True)
    return [one for _score_, one in scored]


def has_every(one: Candidate, phrases: Sequence[Phrase], *, in_title: bool) -> bool:
    """Whether the tokens of each phrase follow each other in it."""
    return all(_weight(one, f" {joined(phrase)} ", in_title=in_title) for phrase in phrases)


def _weight(one: Candidate, words: str, *, in_title: bool) -> float:
    """How often the words are there, by where."""
    found = TITLE * f" {one.title} ".count(words)
    if in_title:
        return found
    return found + TAGS * f" {one.tags} ".count(words) + BODY * f" {one.body} ".count(words)


def _rarity(having: int, among: int) -> float:
    return math.log(1 + (among - having + 0.5) / (having + 0.5))


def _score(one: Candidate, row: Sequence[float], rarity: Sequence[float], usual: float) -> float:
    long = _SATURATION * (1 - _LENGTH + _LENGTH * len(one.body) / usual)
    # Who has more of what is asked for comes before who says less of it in fewer words.
    share = sum(map(bool, row)) / len(row)
    return share * sum(
        rare * weight * (_SATURATION + 1) / (weight + long)
        for weight, rare in zip(row, rarity, strict=True)
        if weight
    )
