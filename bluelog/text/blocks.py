"""A source in its blocks: paragraphs, headings, items, rows, lines of code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from bluelog.text.nesting import nesting
from bluelog.text.plain import BLOCKS
from bluelog.text.tree import parse
from bluelog.text.vocabulary import tags
from bluelog.text.words import markup_pieces

MAX_NESTING = 200
# Shows in a text where a picture stands.
PICTURE = "\u25a3"

BLOCK_TAGS = frozenset(BLOCKS.replace(" ", "").split(",")) - {"br"} | tags("tbody thead tfoot")
_NEVER = tags("script style template noscript")
_NAME = re.compile(r"</?([a-z0-9-]+)")
_PARAGRAPHS = re.compile(r"\n(?:[ \t]*\n)+")
_GAPS = re.compile(f"({_PARAGRAPHS.pattern})")
_EDGES = re.compile(r"\A(?:[ \t]*\n)+|(?:\n[ \t]*)+\Z")


@dataclass(frozen=True)
class Block:
    """What is read as one piece; `tag` says what it is, `markup` tells equal texts apart."""

    tag: str
    text: str
    markup: str = ""


def blocks(source: str, source_format: str = "html") -> list[Block]:
    """The blocks as a reader sees them, without what is empty."""
    source = with_unix_newlines(source)
    if source_format != "html" or nesting(source) > MAX_NESTING:
        parts = _PARAGRAPHS.split(source)
        return [Block("p", part.strip("\n")) for part in parts if part.strip()]
    return [block for block in _seen(parse(source)) if block.text.strip()]


def sections(source: str, source_format: str = "html") -> list[str]:
    """The source in parts that can be taken for themselves and put together again by `joined`.

    Of Markdown every other one is the gap between two paragraphs, for in code its lines count.
    """
    source = with_unix_newlines(source)
    if source_format != "html":
        whole = _EDGES.sub("", source)
        return _GAPS.split(whole) if whole.strip() else []
    if nesting(source) > MAX_NESTING:
        return [source]
    parts = (tidy("".join(node.html or "" for node in run)) for run in _runs(parse(source)))
    return [part for part in parts if part]


def joined(parts: list[str], source_format: str = "html") -> str:
    """One source of the parts."""
    return ("\n" if source_format == "html" else "").join(parts)


def with_unix_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def tidy(html: str) -> str:
    """The same HTML with no more space in it than is seen: editors indent as they like."""
    return "".join(_tidied(markup_pieces(html))).strip()


def _tidied(pieces: list[str]) -> Iterator[str]:
    kept, space = 0, ""
    at_edge = True
    for piece in pieces:
        name = tag_name(piece)
        if name == "pre":
            kept = max(0, kept + (-1 if piece.startswith("</") else 1))
        if not kept and piece.isspace():
            space = " "
            continue
        is_edge = name in BLOCK_TAGS or name == "br"
        if space and not (at_edge or is_edge):
            yield space
        space, at_edge = "", is_edge and not kept
        yield piece


def tag_name(piece: str) -> str:
    """The name in a tag, opening or closing; empty where the piece is none."""
    found = _NAME.match(piece) if piece.startswith("<") else None
    return found[1] if found else ""


def _runs(node: LexborNode) -> Iterator[list[LexborNode]]:
    """What a node holds: each block by itself, and what is none together as far as it goes."""
    run: list[LexborNode] = []
    for child in node.iter(include_text=True):
        if child.tag in _NEVER:
            continue
        if child.tag not in BLOCK_TAGS:
            run.append(child)
            continue
        if run:
            yield run
        run = []
        yield [child]
    if run:
        yield run


def _seen(node: LexborNode) -> Iterator[Block]:
    for run in _runs(node):
        yield from _of_block(run[0]) if run[0].tag in BLOCK_TAGS else _of_run(run, node)


def _of_block(node: LexborNode) -> Iterator[Block]:
    if node.tag == "hr":
        yield Block("hr", "* * *", "<hr>")
    elif node.tag == "pre":
        yield from (Block("pre", line) for line in node.text().split("\n"))
    elif node.tag == "tr":
        cells = [_text(cell) for cell in node.iter()]
        yield Block("tr", " | ".join(cells), tidy(node.html or ""))
    else:
        yield from _seen(node)


def _of_run(nodes: list[LexborNode], parent: LexborNode) -> Iterator[Block]:
    tag = "p" if parent.tag == "body" else str(parent.tag)
    text = " ".join("".join(map(_text, nodes)).split())
    yield Block(tag, text, tidy("".join(node.html or "" for node in nodes)))


def _text(node: LexborNode) -> str:
    if node.tag == "-text":
        return node.text_content or ""
    if node.tag == "br":
        return " "
    if node.tag == "img":
        return f"{PICTURE} {node.attributes.get('alt') or ''} "
    return "".join(map(_text, node.iter(include_text=True)))
