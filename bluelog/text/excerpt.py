"""The first words of a text, of about the same width in every script."""

import re
import unicodedata

from bluelog.text.scripts import is_wide

SHORTEST_SHARE = 0.6
ZERO_WIDTH_JOINER = "\u200d"

_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s)|[。！？][」』”’）]*")
_LOOSE_ENDS = " ,;:，、；：-–—("


def excerpt(text: str, *, limit: int = 200) -> str:
    """Cut a text to `limit` columns, where a Han character takes two.

    It ends with a sentence if one ends in the last two fifths, else after a word and with '…'.
    """
    folded = " ".join(text.split())
    end = _fitting(folded, limit)
    if end == len(folded):
        return folded
    shortest = int(end * SHORTEST_SHARE)
    sentence = _last_sentence_end(folded, end)
    if sentence and sentence >= shortest:
        return folded[:sentence]
    return folded[: _last_break(folded, shortest, end)].rstrip(_LOOSE_ENDS) + "…"


def _fitting(text: str, limit: int) -> int:
    room = limit
    for index, char in enumerate(text):
        room -= 2 if is_wide(char) else 1
        if room < 0:
            return index
    return len(text)


def _last_sentence_end(text: str, end: int) -> int:
    # One character more is looked at, since a Latin sentence is known by the space after it.
    ends = (match.end() for match in _SENTENCE_END.finditer(text, 0, end + 1))
    return max((at for at in ends if at <= end), default=0)


def _last_break(text: str, shortest: int, end: int) -> int:
    places = range(end, shortest, -1)
    whole = next((at for at in places if _is_between_words(text, at)), None)
    return whole or next((at for at in places if not _is_inside_character(text, at)), end)


def _is_between_words(text: str, at: int) -> bool:
    if text[at] == " ":
        return True
    beside_wide = is_wide(text[at - 1]) or is_wide(text[at])
    return beside_wide and not _is_inside_character(text, at)


def _is_inside_character(text: str, at: int) -> bool:
    """Whether a cut here would part a letter from its marks or an emoji from its parts."""
    follows = text[at]
    is_part = unicodedata.category(follows) in ("Mn", "Mc", "Me", "Sk")
    return is_part or ZERO_WIDTH_JOINER in (follows, text[at - 1])
