"""Colours for code: a few classes, which code.css gives a light and a dark colour each.

Pygments is imported where it is used: only those who write need it.
"""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from markupsafe import escape
from selectolax.lexbor import LexborNode

# Lexers take time by the length of the code, and some of them by more than that.
LONGEST_BLOCK = 30_000
MOST_IN_A_POST = 100_000
PREFIX = "language-"
CLASSES = "cdefghikmst"

_CLASS_OF = {
    "Comment": "c",
    "Comment.Preproc": "k",
    "Generic.Deleted": "d",
    "Generic.Emph": "e",
    "Generic.Heading": "h",
    "Generic.Inserted": "i",
    "Generic.Subheading": "h",
    "Keyword": "k",
    "Keyword.Type": "t",
    "Literal.Number": "m",
    "Literal.String": "s",
    "Name.Attribute": "f",
    "Name.Builtin": "t",
    "Name.Class": "t",
    "Name.Constant": "m",
    "Name.Decorator": "g",
    "Name.Exception": "t",
    "Name.Function": "f",
    "Name.Tag": "k",
    "Name.Variable": "g",
    "Operator.Word": "k",
}


def colour_code(body: LexborNode) -> None:
    """Mark the words of each block of code whose language is said and known; nothing is guessed."""
    left = MOST_IN_A_POST
    for code in body.css("pre > code[class]"):
        source = code.text()
        if len(source) > min(LONGEST_BLOCK, left):
            continue
        coloured = _coloured(source, _language(code))
        if coloured is not None:
            left -= len(source)
            code.inner_html = coloured


def _language(code: LexborNode) -> str:
    names = (code.attributes.get("class") or "").split()
    return next((n.removeprefix(PREFIX) for n in names if n.startswith(PREFIX)), "")


def _coloured(source: str, language: str) -> str | None:
    lexer = _lexer(language)
    if lexer is None:
        return None
    classes = ((_class_of(kind), text) for kind, text in lexer.get_tokens(source))
    return "".join(_spans(classes))


def _spans(pieces: Iterator[tuple[str, str]]) -> Iterator[str]:
    for name, group in groupby(pieces, key=lambda piece: piece[0]):
        text = escape("".join(text for _name, text in group))
        yield f'<span class="{name}">{text}</span>' if name and text.strip() else text


def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return None if lexer.name == "Text only" else lexer


@cache
def _class_of(kind: Any) -> str:
    """The class of a kind of word, or of the nearest kind above it that has one."""
    name = str(kind).removeprefix("Token.")
    while name:
        if name in _CLASS_OF:
            return _CLASS_OF[name]
        name = name.rpartition(".")[0]
    return ""
