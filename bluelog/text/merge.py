"""Two texts that were made of one, put together again.

Nothing that either of them added is dropped: it is in what was merged, or stands in a conflict with
both texts whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from bluelog.text.blocks import BLOCK_TAGS, joined, sections, tag_name
from bluelog.text.matching import matches
from bluelog.text.words import is_word, markup_pieces

# Changes of two people with fewer words than these between them are one place to look at.
WORDS_BETWEEN = 3
_VOID = frozenset({"br", "img", "hr", "wbr", "col"})


@dataclass(frozen=True)
class Chunk:
    """A stretch of the text: as `mine` has it and as `theirs` does, and what both began with."""

    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]

    @property
    def is_conflict(self) -> bool:
        return len({self.base, self.mine, self.theirs}) == 3  # noqa: PLR2004 - all differ

    @property
    def is_theirs(self) -> bool:
        """Whether only they changed it."""
        return self.mine == self.base != self.theirs

    @property
    def is_mine(self) -> bool:
        return self.theirs == self.base != self.mine

    @property
    def merged(self) -> tuple[str, ...]:
        """What both agree on; mine where they do not."""
        return self.theirs if self.is_theirs else self.mine


@dataclass(frozen=True)
class Overlap:
    """A place that both changed, each in another way; `formats` are mine's and theirs."""

    mine: str
    theirs: str
    formats: tuple[str, str] = ("html", "html")


@dataclass(frozen=True)
class Merged:
    """One source of two, with mine where they overlap; `taken` counts the places of theirs."""

    source: str
    taken: int
    overlaps: tuple[Overlap, ...]


def merge_sources(base: str, mine: str, theirs: str, source_format: str = "html") -> Merged:
    """Put two sources together that were made of `base`, section by section, then by words."""
    parts: list[str] = []
    overlaps: list[Overlap] = []
    taken = 0
    split = [tuple(sections(text, source_format)) for text in (base, mine, theirs)]
    for chunk in map(_without_gaps, chain(*map(_in_sections, chunks(*split)))):
        mended = _by_words(chunk, source_format) if chunk.is_conflict else None
        if chunk.is_conflict and mended is None:
            overlaps.append(_overlap(chunk, source_format))
        taken += chunk.is_theirs or mended is not None
        parts += mended if mended is not None else chunk.merged
    return Merged(joined(parts, source_format), taken, tuple(overlaps))


def _overlap(chunk: Chunk, source_format: str) -> Overlap:
    both = [joined(list(side), source_format).strip("\n") for side in (chunk.mine, chunk.theirs)]
    return Overlap(both[0], both[1], (source_format, source_format))


def merge_sets(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> tuple[str, ...]:
    """What either added and neither took away; mine first."""
    kept = [one for one in mine if one in theirs or one not in base]
    return (*kept, *(one for one in theirs if one not in mine and one not in base))


def chunks(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[Chunk]:
    """The texts in stretches that all three have, and such as differ.

    Source: Khanna, Kunal, Pierce: "A Formal Investigation of Diff3" (2007).
    """
    found, at = [], (0, 0, 0)
    for start, length in (*_shared(base, mine, theirs), ((len(base), len(mine), len(theirs)), 0)):
        apart = [
            tuple(text[i:j]) for text, i, j in zip((base, mine, theirs), at, start, strict=True)
        ]
        if any(apart):
            found.append(Chunk(*apart))
        if length:
            same = tuple(base[start[0] : start[0] + length])
            found.append(Chunk(same, same, same))
        at = (start[0] + length, start[1] + length, start[2] + length)
    return found


def _shared(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Where all three are the same: the place in each, and for how long."""
    ours, others = matches(base, mine), matches(base, theirs)
    i = j = 0
    while i < len(ours) and j < len(others):
        (a, at_mine, m), (b, at_theirs, n) = ours[i], others[j]
        start, end = max(a, b), min(a + m, b + n)
        if start < end:
            yield (start, at_mine + start - a, at_theirs + start - b), end - start
        i, j = (i + 1, j) if a + m <= b + n else (i, j + 1)


def _in_sections(chunk: Chunk) -> list[Chunk]:
    """A stretch that both rewrote section by section, each for itself."""
    sides = _sides(chunk)
    if not chunk.is_conflict or len({len(side) for side in sides}) > 1:
        return [chunk]
    return [Chunk(*((section,) for section in one)) for one in zip(*sides, strict=True)]


def _without_gaps(chunk: Chunk) -> Chunk:
    """A stretch of which one changed nothing but gaps, as the other one has it."""
    if not chunk.is_conflict:
        return chunk
    base, mine, theirs = (tuple(filter(str.strip, side)) for side in _sides(chunk))
    if theirs == base:
        return replace(chunk, theirs=chunk.base)
    return replace(chunk, mine=chunk.base) if mine == base else chunk


def _by_words(chunk: Chunk, source_format: str) -> list[str] | None:
    """The stretch merged by its words; None where they overlap, or tags would cross."""
    split = [markup_pieces(joined(list(side), source_format)) for side in _sides(chunk)]
    if not all(split):
        return None
    found = _drawn_together(chunks(*split))
    if any(part.is_conflict for part in found):
        return None
    whole = [piece for part in found for piece in part.merged]
    if source_format == "html" and not _is_balanced(whole):
        return None
    return ["".join(whole)]


def _sides(chunk: Chunk) -> tuple[tuple[str, ...], ...]:
    return chunk.base, chunk.mine, chunk.theirs


def _drawn_together(found: list[Chunk]) -> list[Chunk]:
    """Changes of both with too few words between them taken as one."""
    kept: list[Chunk] = []
    for chunk in found:
        kept.append(chunk)
        while len(kept) > 2 and _are_near(*kept[-3:]):  # noqa: PLR2004 - a change, words, a change
            near = [_sides(part) for part in kept[-3:]]
            kept[-3:] = [Chunk(*(tuple(chain(*side)) for side in zip(*near, strict=True)))]
    return kept


def _are_near(one: Chunk, between: Chunk, other: Chunk) -> bool:
    is_same = between.base == between.mine == between.theirs
    changed_by_both = (one.is_mine and other.is_theirs) or (one.is_theirs and other.is_mine)
    clashes = one.is_conflict or other.is_conflict or changed_by_both
    return is_same and clashes and _distance(between.base) < WORDS_BETWEEN


def _distance(pieces: Sequence[str]) -> int:
    """How many words; from one block to the next it is far enough."""
    if any(tag_name(piece) in BLOCK_TAGS for piece in pieces):
        return WORDS_BETWEEN
    return sum(map(is_word, pieces))


def _is_balanced(pieces: list[str]) -> bool:
    still_open: list[str] = []
    for piece in pieces:
        name = tag_name(piece)
        if not name or name in _VOID:
            continue
        if not piece.startswith("</"):
            still_open.append(name)
        elif not still_open or still_open.pop() != name:
            return False
    return not still_open
