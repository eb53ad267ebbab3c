"""Comments: plain text set as HTML, with everything escaped that is not ours."""

import re

from markupsafe import Markup, escape

from bluelog.text.links import addresses
from bluelog.text.tree import well_formed

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_PARAGRAPH = Markup("<p>%s</p>")
_LINK = Markup('<a href="%s" rel="nofollow ugc noopener">%s</a>')


def plain_comment(text: str) -> Markup:
    """Set a reader's plain text as HTML: paragraphs, line breaks and bare web addresses."""
    lines = well_formed(text).replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    paragraphs = _BLANK_LINES.split(lines.strip())
    return Markup("\n").join(_PARAGRAPH % _with_breaks(one) for one in paragraphs if one)


def _with_breaks(paragraph: str) -> Markup:
    lines = (_linked(line.strip()) for line in paragraph.split("\n"))
    return Markup("<br>\n").join(lines)


def _linked(line: str) -> Markup:
    parts, done = [], 0
    for start, end in addresses(line):
        parts += [escape(line[done:start]), _LINK % (line[start:end], line[start:end])]
        done = end
    return Markup().join([*parts, escape(line[done:])])
