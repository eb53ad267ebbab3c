"""Words of HTML back to Markdown, with the marks and tags around them."""

import re
from collections.abc import Callable

from selectolax.lexbor import LexborNode

from bluelog.text.markdown import FORMULA

BREAK = "\\\n"

_SPACE = re.compile(r"[ \t\n\r\f]+")
_SPECIAL = re.compile(r"([\\`*_\[\]<>~|$])|&(?=#?\w+;)|!(?=\[)|\^(?=\[)")
_BACKTICKS = re.compile("`+")
_REFERENCE = re.compile(r"#fn-(\d+)")
_MARKS = {"em": "*", "strong": "**", "b": "**", "i": "*", "s": "~~"}
_ADDED = frozenset({"rel", "loading", "decoding"})


def words_of(node: LexborNode) -> str:
    """What a node holds, as it stands in a line of Markdown."""
    return "".join(inline(child) for child in node.iter(include_text=True))


def inline(node: LexborNode) -> str:
    """One piece of a line."""
    if node.is_text_node:
        return _SPECIAL.sub(r"\\\g<0>", _SPACE.sub(" ", node.text_content or ""))
    if node.is_comment_node:
        return ""
    tag = str(node.tag)
    if tag in _MARKS and not node.attributes:
        return _marked(node, _MARKS[tag])
    return _INLINES.get(tag, _tagged)(node)


def _marked(node: LexborNode, mark: str) -> str:
    """Marks touch the words: spaces at the edges go outside."""
    words = words_of(node)
    core = words.strip()
    if not core or "\n" in core or not _may_be_marked(node):
        return _tagged(node) if core else words
    start = words[: len(words) - len(words.lstrip())]
    return f"{start}{mark}{core}{mark}{words[len(words.rstrip()) :]}"


def _may_be_marked(node: LexborNode) -> bool:
    """Marks beside letters, or beside Chinese marks, would not be read as marks."""
    inside = node.text()
    before = node.prev.text()[-1:] if node.prev is not None else ""
    after = node.next.text()[:1] if node.next is not None else ""
    edges = (inside[:1], inside[-1:])
    touches = [edge for edge, beside in zip(edges, (before, after), strict=True) if beside.strip()]
    nests = node.parent is not None and str(node.parent.tag) in _MARKS
    return not nests and all(edge.isalnum() or edge.isspace() for edge in touches)


def _tagged(node: LexborNode) -> str:
    """A tag of its own, with Markdown inside."""
    opening = "".join(
        f' {name}="{(value or "").replace("&", "&amp;").replace(chr(34), "&quot;")}"'
        for name, value in node.attributes.items()
    )
    closing = "" if node.tag in ("wbr", "img", "br") else f"</{node.tag}>"
    return f"<{node.tag}{opening}>{words_of(node)}{closing}"


def _code(node: LexborNode) -> str:
    text = _SPACE.sub(" ", node.text())
    if FORMULA in (node.attributes.get("class") or "").split():
        return f"${text}$"
    if node.attributes or not text.strip():
        return _tagged(node)
    ticks = fence(text, 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fence(text: str, least: int) -> str:
    """Backticks enough to hold the text, `least` of them at least."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    return "`" * max(least, longest + 1)


def _link(node: LexborNode) -> str:
    href = node.attributes.get("href")
    if not href or node.attributes.keys() - {"href", "title", "rel"}:
        return _tagged(node)
    return f"[{words_of(node)}]({_target(href)}{_title(node)})"


def _picture(node: LexborNode) -> str:
    source = node.attributes.get("src")
    if not source or node.attributes.keys() - {"src", "alt", "title"} - _ADDED:
        return _tagged(node)
    words = _SPECIAL.sub(r"\\\g<0>", node.attributes.get("alt") or "")
    return f"![{words}]({_target(source)}{_title(node)})"


def _target(address: str) -> str:
    return address if re.fullmatch(r"[^\s<>()\\*_`\[\]]+", address) else f"<{_pointed(address)}>"


def _pointed(address: str) -> str:
    return re.sub(r"[<>\\]", lambda found: f"%{ord(found[0]):02X}", address).replace("\n", "")


def _title(node: LexborNode) -> str:
    title = node.attributes.get("title") or ""
    return ' "' + re.sub(r'(["\\])', r"\\\1", _SPACE.sub(" ", title)) + '"' if title else ""


def _raised(node: LexborNode) -> str:
    """A footnote's number, or whatever else is raised."""
    link = node.css_first("a")
    href = (link.attributes.get("href") or "") if link is not None else ""
    found = _REFERENCE.fullmatch(href)
    is_reference = found and (node.attributes.get("id") or "").startswith("fnref-")
    return f"[^{found[1]}]" if found and is_reference else _tagged(node)


_INLINES: dict[str, Callable[[LexborNode], str]] = {
    "a": _link,
    "br": lambda _node: BREAK,
    "code": _code,
    "img": _picture,
    "sup": _raised,
}
