"""HTML as a tree, and back."""

from selectolax.lexbor import LexborHTMLParser, LexborNode


def parse(html: str) -> LexborNode:
    """Read a fragment; the node returned is the body that holds it."""
    # The doctype matters: without it tables would be left inside paragraphs.
    body = LexborHTMLParser("<!doctype html><body></body>").css("body")[0]
    body.inner_html = well_formed(html)
    return body


def well_formed(text: str) -> str:
    """Make a plain string that UTF-8 can hold: JSON may bring in halves of characters."""
    return str(text).encode("utf-8", "replace").decode()


def serialise(body: LexborNode) -> str:
    """Write what a node holds as HTML, which nobody has sanitised yet."""
    return body.inner_html or ""


def move_children(source: LexborNode, target: LexborNode) -> None:
    """Put everything inside one node at the end of another."""
    for child in list(source.iter(include_text=True)):
        target.insert_child(child, move=True)


def rename(node: LexborNode, tag: str, *, keep: frozenset[str] = frozenset()) -> LexborNode:
    """Put an element of another tag in place of this one, with the attributes in `keep`."""
    renamed = node.parser.create_node(tag)
    for name, value in node.attributes.items():
        if name in keep:
            renamed.attrs[name] = value
    node.insert_before(renamed, move=True)
    move_children(node, renamed)
    node.decompose()
    return renamed
