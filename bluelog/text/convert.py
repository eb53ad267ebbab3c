"""A text from one source format into the other, with what readers would see otherwise."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from bluelog.text.formulas import mark_formulas
from bluelog.text.nesting import nesting
from bluelog.text.plain import plain_text
from bluelog.text.render import HTML, MARKDOWN, clean_source
from bluelog.text.tree import parse, serialise
from bluelog.text.unmark import html_to_markdown
from bluelog.text.vocabulary import HEADINGS, TABLES, tags

# Deeper than this, the HTML is left as it is: Markdown may hold it.
DEEPEST = 40
WORDS = "words"
_KINDS = {
    "headings": HEADINGS,
    "lists": tags("ul ol li dl dt dd"),
    "tables": TABLES,
    "pictures": tags("img figure figcaption"),
    "links": tags("a"),
    "code": tags("pre code kbd samp"),
    "quotations": tags("blockquote q cite"),
    "emphasis": tags("em strong b i s u mark small sub sup del ins var dfn abbr span ruby rt rp"),
}
# To the eye and to screen readers there is no difference.
_SAME = {"b": "strong", "i": "em"}


@dataclass(frozen=True, slots=True)
class Converted:
    """The text in its new format; `differing` names kinds of things that did not come through."""

    source: str
    source_format: str
    differing: tuple[str, ...]


def convert(source: str, source_format: str, *, formulas: bool = False) -> Converted:
    """Put HTML into Markdown, or Markdown into HTML."""
    before: str = clean_source(source, source_format, formulas=formulas)
    if source_format == MARKDOWN:
        return Converted(before, HTML, ())
    if formulas:
        before = _with_formulas(before)
    written = before if nesting(before) > DEEPEST else html_to_markdown(before)
    after = clean_source(written, MARKDOWN, formulas=formulas)
    return Converted(written, MARKDOWN, tuple(_differing(before, after)))


def _with_formulas(html: str) -> str:
    body = parse(html)
    mark_formulas(body)
    return serialise(body)


def _differing(before: str, after: str) -> Iterator[str]:
    there, here = _counts(before), _counts(after)
    yield from (kind for kind in _KINDS if there[kind] != here[kind])
    if "".join(plain_text(before).split()) != "".join(plain_text(after).split()):
        yield WORDS


def _counts(html: str) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in _KINDS}
    for node in parse(html).css("*"):
        for kind, names in _KINDS.items():
            if node.tag in names:
                counts[kind][_described(node)] += 1
    return counts


def _described(node: LexborNode) -> str:
    tag = str(node.tag)
    said = sorted(f"{name}={value}" for name, value in node.attributes.items())
    return " ".join([_SAME.get(tag, tag), *said])
