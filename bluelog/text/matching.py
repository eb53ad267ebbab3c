"""What two sequences have in common, in a time that stays bounded.

Elements that stand once in each lead, as in Bram Cohen's patience diff; only the short stretches
between them are looked at more closely.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

# How many elements of the one are still compared each with each of the other.
_SIDE = 500
_MOST_COMPARED = _SIDE * _SIDE

# Where a run of equal elements begins in each, and how long it is.
Match = tuple[int, int, int]


def matches(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[Match]:
    """The runs that both have, in order; no two of them touch in both."""
    numbers: dict[Hashable, int] = {}
    a, b = ([numbers.setdefault(x, len(numbers)) for x in side] for side in (one, other))
    found: list[Match] = []
    for i, j, size in _in(a, b):
        if found and (i, j) == (found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]):
            found[-1] = (*found[-1][:2], found[-1][2] + size)
        else:
            found.append((i, j, size))
    return found


def _in(a: list[int], b: list[int]) -> Iterator[Match]:
    """The same, perhaps in runs that touch."""
    waiting = [(0, len(a), 0, len(b))]
    while waiting:
        i, k, j, m = waiting.pop()
        head = _alike(a[i:k], b[j:m])
        if head:
            yield i, j, head
            i, j = i + head, j + head
        if i == k or j == m:
            continue
        anchors = _anchors(a[i:k], b[j:m])
        if (k - i) * (m - j) <= _MOST_COMPARED or not anchors:
            yield from _closely(a, b, (i, k, j, m))
            continue
        places = [(i + x, j + y) for x, y in anchors]
        edges = [(i, j), *places, (k, m)]
        between = [(x, xx, y, yy) for (x, y), (xx, yy) in pairwise(edges)]
        waiting.extend(reversed(between))


def _closely(a: list[int], b: list[int], window: tuple[int, int, int, int]) -> Iterator[Match]:
    """What stands there in both; of a long stretch without anchors, piece by piece."""
    i, k, j, m = window
    while i < k and j < m:
        is_short = (k - i) * (m - j) <= _MOST_COMPARED
        to_k, to_m = (k, m) if is_short else (min(k, i + _SIDE), min(m, j + _SIDE))
        matcher = SequenceMatcher(None, a[i:to_k], b[j:to_m], autojunk=False)
        found = [match for match in matcher.get_matching_blocks() if match.size]
        yield from ((i + match.a, j + match.b, match.size) for match in found)
        if is_short or not found:
            i, j = to_k, to_m
        else:
            i, j = i + found[-1].a + found[-1].size, j + found[-1].b + found[-1].size


def _alike(a: list[int], b: list[int]) -> int:
    pairs = enumerate(zip(a, b, strict=False))
    return next((n for n, (x, y) in pairs if x != y), min(len(a), len(b)))


def _anchors(a: list[int], b: list[int]) -> list[tuple[int, int]]:
    """Places of what stands once in each, as many as come in the same order."""
    in_a, in_b = Counter(a), Counter(b)
    at = {x: n for n, x in enumerate(b) if in_b[x] == 1}
    pairs = [(n, at[x]) for n, x in enumerate(a) if in_a[x] == 1 and x in at]
    return _longest_rising(pairs)


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(last[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [place]
        last[pile : pile + 1] = [number]
    found, number = [], last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]
