"""Text without markup, and how much of it there is."""

import re

from bluelog.text.scripts import CJK, HAN, KANA
from bluelog.text.tree import parse

WORDS_A_MINUTE = 220
CJK_CHARACTERS_A_MINUTE = 400
UNSEEN = "script, style, template, noscript, iframe, object, svg, math, title, head"
BLOCKS = (
    "address, article, aside, blockquote, br, caption, dd, details, div, dl, dt, figcaption, "
    "figure, footer, form, h1, h2, h3, h4, h5, h6, header, hr, li, main, nav, ol, p, pre, "
    "section, summary, table, td, th, tr, ul"
)

# Stands for the edge of a block while the line breaks of the source are still there.
_EDGE = "\x1e"
_BREAK_IN_CJK = re.compile(rf"(?<=[{HAN}{KANA}])[^\S\n]*\n\s*(?=[{HAN}{KANA}])")
_LATIN_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")


def plain_text(html: str) -> str:
    """Take the text out of HTML: a line a block, white space folded."""
    body = parse(html)
    for node in reversed(body.css(UNSEEN)):
        node.decompose()
    for node in body.css(BLOCKS):
        node.insert_before(_EDGE)
        node.insert_after(_EDGE)
    blocks = (_folded(block) for block in body.text().split(_EDGE))
    return "\n".join(block for block in blocks if block)


def count_words(text: str) -> int:
    """Count words as a person would: each Han or kana character is one."""
    return _cjk_characters(text) + _spaced_words(text)


def reading_minutes(text: str) -> int:
    """Estimate how long a text takes to read, in whole minutes, one at least."""
    minutes = _spaced_words(text) / WORDS_A_MINUTE + _cjk_characters(text) / CJK_CHARACTERS_A_MINUTE
    return max(1, round(minutes))


def _folded(block: str) -> str:
    return " ".join(_BREAK_IN_CJK.sub("", block).split())


def _cjk_characters(text: str) -> int:
    return len(CJK.findall(text))


def _spaced_words(text: str) -> int:
    return len(_LATIN_WORD.findall(CJK.sub(" ", text)))
