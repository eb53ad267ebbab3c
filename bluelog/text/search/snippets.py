"""What of a text is shown of what was found in it, with the words marked."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from markupsafe import Markup, escape

from bluelog.text.sanitise import seal
from bluelog.text.scripts import is_wide
from bluelog.text.search.question import Phrase
from bluelog.text.search.tokens import spots

WIDTH = 200
# Further into a text nobody looks for what to show of it.
LONGEST = 60_000
_BEFORE = 0.25  # of the width stands before the first mark
_EDGES = " \n,;:.，。、；：!?！？)）”’"

Range = tuple[int, int]


def marked(text: str, phrases: Sequence[Phrase]) -> Markup:
    """The whole text, with every phrase in it marked."""
    return _sealed(text, _ranges(text, phrases))


def snippet(text: str, phrases: Sequence[Phrase]) -> Markup | None:
    """The place of a text where most of what was asked for is; None where nothing of it is."""
    folded = " ".join(text[:LONGEST].split())
    found = _ranges(folded, phrases)
    if not found:
        return None
    start, end = _window(folded, _best(found))
    inside = [(a - start, b - start) for a, b in found if a >= start and b <= end]
    ends = "…" if end < len(folded) else ""
    return _sealed(folded[start:end], inside, "…" if start else "", ends)


def _ranges(text: str, phrases: Sequence[Phrase]) -> list[Range]:
    """Where phrases stand, in order and none within another."""
    found = list(spots(text))
    tokens = [spot.token for spot in found]
    places = sorted(
        (found[at].start, found[at + len(phrase) - 1].end)
        for phrase in phrases
        for at in _places(tokens, phrase)
    )
    return list(_merged(places))


def _places(tokens: list[str], phrase: Phrase) -> Iterator[int]:
    at = -1
    while True:
        try:
            at = tokens.index(phrase[0], at + 1)
        except ValueError:
            return
        if tuple(tokens[at : at + len(phrase)]) == phrase:
            yield at


def _merged(places: Sequence[Range]) -> Iterator[Range]:
    if not places:
        return
    start, end = places[0]
    for a, b in places[1:]:
        if a > end:
            yield start, end
            start = a
        end = max(end, b)
    yield start, end


def _best(found: list[Range]) -> Range:
    """The first and the last of the marks that are most within one width."""
    crowds = (
        (found[at], [one for one in found[at:] if one[1] <= found[at][0] + WIDTH * (1 - _BEFORE)])
        for at in range(min(len(found), 200))
    )
    first, crowd = max(crowds, key=lambda pair: sum(b - a for a, b in pair[1]))
    return first[0], max((b for _a, b in crowd), default=first[1])


def _window(text: str, marks: Range) -> Range:
    start = max(0, marks[0] - _columns(text[: marks[0]][::-1], WIDTH * _BEFORE))
    if start:
        # Not amid a word, nor so far on that nothing stands before the mark.
        gap = next((at for at in range(start, marks[0]) if text[at - 1] in _EDGES), start)
        start = gap
    rest = text[start:]
    end = start + _columns(rest, WIDTH)
    if end < len(text):
        gap = text.rfind(" ", marks[1], end)
        end = gap if gap > end - 20 else max(end, marks[1])
    return start, end


def _columns(text: str, width: float) -> int:
    """How many characters fit into that width."""
    room = width

    def fits(char: str) -> bool:
        nonlocal room
        room -= 2 if is_wide(char) else 1
        return room >= 0

    return sum(1 for _ in takewhile(fits, text))


def _sealed(text: str, found: Sequence[Range], before: str = "", after: str = "") -> Markup:
    parts, done = [before], 0
    for start, end in found:
        parts += [str(escape(text[done:start])), f"<mark>{escape(text[start:end])}</mark>"]
        done = end
    parts += [str(escape(text[done:])), after]
    return seal("".join(parts))
