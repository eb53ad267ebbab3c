"""What two texts have of each other and what not, side by side."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bluelog.text.blocks import Block
from bluelog.text.matching import matches
from bluelog.text.words import pieces

T = TypeVar("T", bound=Hashable)
# Whether the stretch is the same in both, and what it is in each.
Step = tuple[bool, Sequence[T], Sequence[T]]

# Unchanged blocks that are shown around what has changed.
AROUND = 1
# Past this, looking for what is like what would take too long.
_MOST_PAIRED = 40
_ALIKE = 0.3


@dataclass(frozen=True)
class Piece:
    """Some of a block's text, and whether the other side lacks it."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True)
class Row:
    """A block on both sides, or on one. `kind` is same, changed, restyled, added, removed, or
    skipped, which stands for `count` unchanged ones.
    """

    kind: str
    tag: str = ""
    before: list[Piece] = field(default_factory=list)
    after: list[Piece] = field(default_factory=list)
    count: int = 0


def difference(before: Sequence[Block], after: Sequence[Block]) -> list[Row]:
    """The rows of both texts side by side; none where they are the same."""
    rows = [row for step in _steps(before, after) for row in _rows(*step)]
    return list(_folded(rows)) if any(row.kind != "same" for row in rows) else []


def word_difference(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces that the other has, or has not."""
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for is_same, *both in _steps(pieces(before), pieces(after)):
        for side, words in zip(sides, both, strict=True):
            if words:
                side.append(Piece("".join(words), is_changed=not is_same))
    return _run_together(sides[0]), _run_together(sides[1])


def _steps(one: Sequence[T], other: Sequence[T]) -> Iterator[Step[T]]:
    """Stretches that both have, each after what differs before it; either may be empty."""
    i = j = 0
    for k, m, size in (*matches(one, other), (len(one), len(other), 0)):
        yield False, one[i:k], other[j:m]
        i, j = k + size, m + size
        yield True, one[k:i], other[m:j]


def _rows(is_same: bool, old: Sequence[Block], new: Sequence[Block]) -> Iterator[Row]:  # noqa: FBT001
    if is_same:
        for block in old:
            yield Row("same", block.tag, [Piece(block.text)], [Piece(block.text)])
        return
    for one, other in _paired(old, new):
        yield _row(one, other)


def _row(old: Block | None, new: Block | None) -> Row:
    if new is None:
        return Row("removed", old.tag if old else "", before=[Piece(old.text if old else "")])
    if old is None:
        return Row("added", new.tag, after=[Piece(new.text)])
    if old.text == new.text:
        return Row("restyled", new.tag, [Piece(old.text)], [Piece(new.text)])
    return Row("changed", new.tag, *word_difference(old.text, new.text))


def _paired(
    old: Sequence[Block], new: Sequence[Block]
) -> Iterator[tuple[Block | None, Block | None]]:
    """Each block with the next on the other side that is like it, as far as there is one."""
    if max(len(old), len(new)) > _MOST_PAIRED:
        yield from ((block, None) for block in old)
        yield from ((None, block) for block in new)
        return
    place = 0
    for block in old:
        found = next((n for n in range(place, len(new)) if _are_alike(block, new[n])), None)
        if found is None:
            yield block, None
            continue
        yield from ((None, added) for added in new[place:found])
        yield block, new[found]
        place = found + 1
    yield from ((None, added) for added in new[place:])


def _are_alike(one: Block, other: Block) -> bool:
    a, b = ({word for word in pieces(block.text) if not word.isspace()} for block in (one, other))
    return len(a & b) >= _ALIKE * max(len(a), len(b))


def _run_together(side: list[Piece]) -> list[Piece]:
    """Pieces with the space between two changed words taken as changed too."""
    found: list[Piece] = []
    for number, piece in enumerate(side):
        between = 0 < number < len(side) - 1 and piece.text.isspace()
        is_changed = piece.is_changed or between
        if found and found[-1].is_changed == is_changed:
            found[-1] = Piece(found[-1].text + piece.text, is_changed)
        else:
            found.append(Piece(piece.text, is_changed))
    return found


def _folded(rows: list[Row]) -> Iterator[Row]:
    """The rows with long runs of unchanged ones told by their number."""
    changed = [n for n, row in enumerate(rows) if row.kind != "same"]
    shown = {n for place in changed for n in range(place - AROUND, place + AROUND + 1)}
    skipped = 0
    for number, row in enumerate(rows):
        if number not in shown:
            skipped += 1
            continue
        if skipped:
            yield Row("skipped", count=skipped)
        skipped = 0
        yield row
    if skipped:
        yield Row("skipped", count=skipped)
