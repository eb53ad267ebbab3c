"""HTML back to Markdown. What Markdown has no marks for stays HTML, which Markdown may hold."""

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborNode

from bluelog.text.tree import parse
from bluelog.text.unmark_words import BREAK, fence, inline, words_of
from bluelog.text.vocabulary import HEADINGS

Marker = Callable[[LexborNode], str]

_ONE_TAG = re.compile(r"</?[a-z][^>]*>\s*$", re.MULTILINE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_AT_LINE_START = re.compile(r"^([ ]*)([#+\-=]|\d{1,9}(?=[.)]))", re.MULTILINE)
_BOXES = {"☐": "[ ]", "☑": "[x]"}
_PLAIN = frozenset({"rel", "loading", "decoding"})
_CELLS = {"align-right": "--:", "align-center": ":-:"}


def html_to_markdown(html: str) -> str:
    """Write cleaned HTML as Markdown that renders as the same HTML, as nearly as can be."""
    return "\n\n".join(_blocks(parse(html))) + "\n" if html.strip() else ""


def _blocks(parent: LexborNode) -> Iterator[str]:
    """The blocks inside a node; words that stand between blocks are paragraphs."""
    loose: list[LexborNode] = []
    for node in parent.iter(include_text=True):
        if node.is_text_node or node.tag not in _BLOCKS:
            loose.append(node)
            continue
        yield from _paragraph(loose)
        loose = []
        written = _block(node)
        if written:
            yield written
    yield from _paragraph(loose)


def _paragraph(nodes: list[LexborNode]) -> Iterator[str]:
    words = _AT_LINE_START.sub(r"\1\\\2", "".join(map(inline, nodes)).strip())
    # A digit takes its stop's backslash, not one of its own.
    words = re.sub(r"^([ ]*)\\(\d{1,9})([.)])", r"\1\2\\\3", words, flags=re.MULTILINE)
    # A line break at the end of a paragraph breaks nothing.
    words = words.removesuffix("\\").rstrip()
    if words:
        yield words


def _whole_paragraph(node: LexborNode) -> str:
    words = "".join(_paragraph(list(node.iter(include_text=True))))
    # A line that is one tag and no more would be a block of HTML, and no paragraph.
    return _raw(node) if _ONE_TAG.match(words) else words


def _block(node: LexborNode) -> str:
    if node.tag == "ol" and _holds_notes(node):
        return _notes(node)
    if node.tag == "hr" and _follows(node, _holds_notes):
        return ""
    if _is_beyond_marks(node):
        return _raw(node)
    return _BLOCKS[str(node.tag)](node)


def _follows(node: LexborNode, test: Callable[[LexborNode], bool]) -> bool:
    after = node.next
    while after is not None and after.is_empty_text_node:
        after = after.next
    return after is not None and test(after)


def _holds_notes(node: LexborNode) -> bool:
    if node.tag != "ol":
        return False
    names = [item.attributes.get("id") or "" for item in node.iter()]
    return bool(names) and all(re.fullmatch(r"fn-\d+", name) for name in names)


def _is_beyond_marks(node: LexborNode) -> bool:
    names = node.attributes.keys() - _PLAIN
    if node.tag == "table":
        return not _is_plain_table(node)
    if node.tag == "li" or node.tag in HEADINGS:
        return bool(names - {"id", "class"})
    return bool(names - ({"start"} if node.tag == "ol" else set()))


def _raw(node: LexborNode) -> str:
    # A blank line would end the HTML and begin Markdown again.
    return re.sub(r"\n\s*\n", "\n", node.html or "")


def _heading(node: LexborNode) -> str:
    words = _SPACE.sub(" ", words_of(node).replace(BREAK, " ")).strip()
    return f"{'#' * int(str(node.tag)[1])} {words}" if words else ""


def _quotation(node: LexborNode) -> str:
    return _indented("\n\n".join(_blocks(node)), "> ", "> ")


def _list(node: LexborNode) -> str:
    items = [child for child in node.iter() if child.tag == "li"]
    first = int(node.attributes.get("start") or 1) if node.tag == "ol" else 0
    is_loose = any(child.tag == "p" for item in items for child in item.iter())
    written = []
    for number, item in enumerate(items, first):
        mark = f"{number}. " if node.tag == "ol" else "- "
        blocks = "\n\n" if is_loose else "\n"
        body = _boxed(item, blocks.join(_blocks(item)))
        written.append(_indented(body, mark, " " * len(mark)))
    return ("\n\n" if is_loose else "\n").join(written)


def _boxed(item: LexborNode, body: str) -> str:
    if item.attributes.get("class") == "task" and body[:1] in _BOXES:
        return _BOXES[body[0]] + body[1:]
    return body


def _notes(node: LexborNode) -> str:
    """Footnotes, without the arrows that lead back from them."""
    for arrow in node.css('a[href^="#fnref-"]'):
        arrow.decompose()
    notes = []
    for item in node.iter():
        name = (item.attributes.get("id") or "").removeprefix("fn-")
        # A note without words would be none, and its number a mark in the text.
        body = "\n\n".join(_blocks(item)) or "\u200b"
        notes.append(_indented(body, f"[^{name}]: ", "    "))
    return "\n\n".join(notes)


def _indented(text: str, first: str, rest: str) -> str:
    head, *lines = text.split("\n")
    return "\n".join([first + head, *((rest + line).rstrip() for line in lines)])


def _preformatted(node: LexborNode) -> str:
    only = [child for child in node.iter(include_text=True) if not child.is_empty_text_node]
    code = only[0] if len(only) == 1 and only[0].tag == "code" else None
    text = node.text()
    if code is None and any(not child.is_text_node for child in only):
        return _raw(node)
    language = ((code.attributes.get("class") or "") if code else "").removeprefix("language-")
    if language == "math":
        return f"$$\n{text.strip()}\n$$"
    ticks = fence(text, 3)
    return f"{ticks}{language}\n{text.removesuffix(chr(10))}\n{ticks}"


def _is_plain_table(table: LexborNode) -> bool:
    rows = table.css("tr")
    widths = {len(row.css("th, td")) for row in rows}
    head = table.css("thead tr")
    allowed = {"class"}
    return (
        len(widths) == 1
        and len(head) == 1
        and len(table.css("table")) == 1
        and not table.css("caption, colgroup, tfoot, tbody th, p, ul, ol, pre, blockquote")
        and not any(cell.attributes.keys() - allowed for cell in table.css("th, td"))
        and not table.attributes
    )


def _table(table: LexborNode) -> str:
    lines = []
    for row in table.css("tr"):
        cells = row.css("th, td")
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
        if len(lines) == 1:
            rules = (_CELLS.get(cell.attributes.get("class") or "", "---") for cell in cells)
            lines.append(f"| {' | '.join(rules)} |")
    return "\n".join(lines)


def _cell(cell: LexborNode) -> str:
    return words_of(cell).replace(BREAK, "<br>").strip()


_BLOCKS: dict[str, Marker] = {
    "blockquote": _quotation,
    "hr": lambda _node: "---",
    "ol": _list,
    "p": _whole_paragraph,
    "pre": _preformatted,
    "table": _table,
    "ul": _list,
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(("details", "dl", "figure", "div"), _raw),
}
