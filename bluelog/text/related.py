"""How much two posts have to do with each other: by their tags, and by the words they are full of.

Which words say something is found out by looking at some other texts, whatever their language.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bluelog.text.search.question import Phrase
from bluelog.text.search.ranking import Candidate
from bluelog.text.search.tokens import is_cjk, joined, tokens

# Of the words that a text repeats most so many are looked at, and so many are told of it.
_LOOKED_AT, MOST_WORDS = 60, 24
# A word of the title counts like so many of the text; how soon one that comes again says no more.
_TITLE, _SATURATION = 4, 2.0
# A text is compared with so many others at least, in which nothing is found.
_FEWEST = 10
# Fewer words than these in common, or less of all that is told, may be chance.
_FEWEST_SHARED, _LEAST_SHARE = 3, 0.2
_TAG, _CATEGORY, _OTHER_LANGUAGE = 2.0, 0.05, 0.6
_SHORTEST = 3
# What holds sentences together: a small blog has too few texts to find that out.
_ENGLISH = frozenset(
    tokens(
        "about after again all also and any are because been before but can could did does down "
        "each even ever every few for from get had has have her here him his how into its just "
        "like made make many more most much must never not now off one only onto our out over "
        "own same she should some still such than that the their them then there these they "
        "this those through too two under until upon use very was way well were what when where "
        "which while who whose why will with without would yet you your"
    )
)
# A pair of characters with one of these is seldom a word.
_HAN = frozenset(
    "的了是在和有我不就人都一上也很到说要去你会着没看好这那他她它们个与及而其为之以于或何吗呢吧啊"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of a post beside its words. `root` is what it translates, or itself."""

    post_id: int
    root: int
    language: str
    category_id: int | None
    tag_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that a text is full of, how much it says, and how many of some others have it."""

    phrase: Phrase
    weight: float
    having: int


def telling(title: str, body: str, among: Sequence[Candidate]) -> list[Word]:
    """The words that tell a text from some others, most telling first. `title` and `body` are
    tokens with spaces between them. Source: the weight of a term in BM25.
    """
    titled, written = Counter(_words(title.split())), Counter(_words(body.split()))
    counts = {word: _TITLE * titled[word] + written[word] for word in titled | written}
    ranked = sorted(counts, key=lambda word: (-counts[word], -len(joined(word)), word))
    texts = [_text(one) for one in among]
    words = [_weighed(word, counts[word], texts) for word in ranked[:_LOOKED_AT]]
    return sorted(words, key=lambda word: (-word.weight, word.phrase))[:MOST_WORDS]


def alike(words: Sequence[Word], other: Candidate) -> float:
    """How much of what tells a text from others is in one of them, from 0 to 1."""
    text = _text(other)
    shared = [word.weight for word in words if _has(text, word.phrase)]
    whole = sum(word.weight for word in words)
    share = sum(shared) / whole if whole else 0.0
    return 0.0 if len(shared) < _FEWEST_SHARED or share < _LEAST_SHARE else share


def shared_tags(one: Subject, other: Subject, post_counts: Mapping[int, int]) -> float:
    """How much it says that both have these tags: a rare one says more."""
    shared = one.tag_ids & other.tag_ids
    return sum(_TAG / math.log2(2 + max(2, post_counts.get(tag, 0))) for tag in sorted(shared))


def score(one: Subject, other: Subject, *, by_tags: float, by_words: float) -> int:
    """How closely they are related, in thousandths; 0 for not at all, or for the same text."""
    found = by_tags + by_words
    if not found or one.root == other.root:
        return 0
    if _base(one.language) != _base(other.language):
        found *= _OTHER_LANGUAGE
    if one.category_id == other.category_id:
        found += _CATEGORY
    return round(found * 1000)


def _words(found: Sequence[str]) -> list[Phrase]:
    """Words, and pairs of characters of a script without spaces, of which any may be a word."""
    alone = [(token,) for token in found if not is_cjk(token) and _says_something(token)]
    pairs = [(a, b) for a, b in pairwise(found) if is_cjk(a) and is_cjk(b) and not {a, b} & _HAN]
    return [*alone, *pairs]


def _says_something(token: str) -> bool:
    return len(token) >= _SHORTEST and not token.isdigit() and token not in _ENGLISH


def _weighed(word: Phrase, count: int, among: Sequence[str]) -> Word:
    having = sum(_has(text, word) for text in among)
    of = max(len(among), _FEWEST)
    rarity = math.log(1 + (of - having + 0.5) / (having + 0.5))
    return Word(word, rarity * count / (count + _SATURATION), having)


def _text(one: Candidate) -> str:
    return f" {one.title} | {one.body} "


def _has(text: str, word: Phrase) -> bool:
    return f" {joined(word)} " in text


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
