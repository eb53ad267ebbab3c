"""A table of contents, made from the headings of a text."""

from itertools import pairwise

from markupsafe import escape
from selectolax.lexbor import LexborNode

from bluelog.text.decorate import in_language
from bluelog.text.tree import parse

DEEPEST = "h2, h3, h4"
FEWEST = 2
CONTENTS_WORDS = {"en": "Contents", "zh": "目录"}

# Not trusted by this: it is sealed with the rest of the text.
_NAV = '<nav class="toc" aria-label="{word}"><p>{word}</p>{items}</nav>'
_LINK = '<li><a href="#{id}">{words}</a>'


def add_contents(body: LexborNode, language: str) -> None:
    """Put a list of the headings before the text, where there are enough for one to help."""
    headings = [node for node in body.css(DEEPEST) if node.attributes.get("id")]
    first = body.first_child
    if len(headings) < FEWEST or first is None:
        return
    word = in_language(CONTENTS_WORDS, language)
    made = parse(_NAV.format(word=word, items=_nested(headings))).first_child
    if made is not None:
        first.insert_before(made, move=True)


def _nested(headings: list[LexborNode]) -> str:
    levels = _steps([int(str(node.tag)[1]) for node in headings])
    parts = ["<ol>", _item(headings[0])]
    for (before, level), heading in zip(pairwise(levels), headings[1:], strict=True):
        if level > before:
            parts.append("<ol>")
        else:
            parts.append("</li></ol>" * (before - level) + "</li>")
        parts.append(_item(heading))
    return "".join([*parts, "</li></ol>" * levels[-1]])


def _steps(ranks: list[int]) -> list[int]:
    """How deep each heading stands: one deeper at most than the one before, however it skips."""
    above: list[int] = []
    depths = []
    for rank in ranks:
        while above and above[-1] >= rank:
            above.pop()
        above.append(rank)
        depths.append(len(above))
    return depths


def _item(heading: LexborNode) -> str:
    words = " ".join(heading.text().split())
    return _LINK.format(id=escape(heading.attributes["id"]), words=escape(words))
