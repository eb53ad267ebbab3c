"""Text in the pieces that people see as one: words, characters of Chinese, spaces, marks."""

import re

from bluelog.text.scripts import HAN, KANA

_TAG = r'<(?:"[^"]*"|\'[^\']*\'|[^<>"\'])*>'
_WORD = rf"[{HAN}{KANA}]|(?:(?![{HAN}{KANA}])\w)+"
_PIECES = re.compile(rf"{_WORD}|\s+|.", re.DOTALL)
_MARKUP = re.compile(rf"{_TAG}|&\#?\w+;|{_WORD}|\s+|.", re.DOTALL)


def pieces(text: str) -> list[str]:
    """The pieces of plain text; joined they are the text again."""
    return _PIECES.findall(text)


def markup_pieces(html: str) -> list[str]:
    """The pieces of HTML, in which a tag or a character reference is one."""
    return _MARKUP.findall(html)


def is_word(piece: str) -> bool:
    """Whether it is neither a tag nor a space nor a mark."""
    return piece[:1].isalnum() or piece[:1] == "&"
