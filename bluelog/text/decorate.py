"""What a cleaned post is given so that it reads well: names, labels, lazy pictures."""

from collections import Counter

from selectolax.lexbor import LexborNode

from bluelog.text.slug import numbered, slugify

HEADINGS = "h2, h3, h4, h5, h6"
MAX_LABEL_LENGTH = 80
TABLE_WORDS = {"en": "Table", "zh": "表格"}
BACK_WORDS = {"en": "Back to the text", "zh": "回到正文"}


def name_headings(body: LexborNode) -> None:
    """Give each heading an id made from its words, so that it can be linked to."""
    taken = {node.attributes.get("id") for node in body.css("[id]")}
    last: Counter[str] = Counter()
    for heading in body.css(HEADINGS):
        if "id" in heading.attributes:
            continue
        name = _free(slugify(heading.text(), style="native"), taken, last)
        taken.add(name)
        heading.attrs["id"] = name


def defer_pictures(body: LexborNode) -> None:
    """Let pictures load when they are near, and have an alternative text, empty if need be."""
    for image in body.css("img"):
        image.attrs["alt"] = image.attributes.get("alt") or ""
        image.attrs["loading"] = "lazy"
        image.attrs["decoding"] = "async"


def open_to_the_keyboard(body: LexborNode, language: str) -> None:
    """Let keys scroll what may be wider than the page. Source: WCAG 2.2, 2.1.1."""
    for block in body.css("pre"):
        block.attrs["tabindex"] = "0"
    for table, label in _labelled_tables(body, in_language(TABLE_WORDS, language)):
        wrap(table, label)


def label_footnotes(body: LexborNode, language: str) -> None:
    """Say where an arrow leads that is only a sign."""
    for link in body.css('a[href^="#fnref-"]'):
        link.attrs["aria-label"] = in_language(BACK_WORDS, language)


def in_language(words: dict[str, str], language: str) -> str:
    """The word that is added to a text of this language."""
    return words.get(language.replace("_", "-").partition("-")[0].lower(), words["en"])


def wrap(block: LexborNode, label: str) -> None:
    """Put a block into a box of its own that scrolls by keyboard too."""
    box = block.parser.create_node("div")
    for name, value in (("class", "scroll"), ("tabindex", "0"), ("role", "region")):
        box.attrs[name] = value
    box.attrs["aria-label"] = label
    block.insert_before(box, move=True)
    box.insert_child(block, move=True)


def _free(slug: str, taken: set[str | None], last: Counter[str]) -> str:
    """A name that is not taken; `last` are the numbers given so far, or each would try them all."""
    while True:
        last[slug] += 1
        n = last[slug]
        name = f"h-{numbered(slug, n)}" if n > 1 else f"h-{slug}"
        if name not in taken:
            return name


def _labelled_tables(body: LexborNode, table_word: str) -> list[tuple[LexborNode, str]]:
    """Pair each outer table with its caption, the heading above it or the plain word."""
    inner = {table.mem_id for table in body.css("table table")}
    heading, used = table_word, set[str]()
    labels = []
    for node in body.css(f"{HEADINGS}, table"):
        if node.tag != "table":
            heading = _line(node) or table_word
        elif node.mem_id not in inner:
            label = _unused(_caption(node) or heading, used)
            labels.append((node, label))
    return labels


def _unused(label: str, used: set[str]) -> str:
    """Give a label a number if it is taken: two regions of one name cannot be told apart."""
    name, n = label, 1
    while name in used:
        n += 1
        name = f"{label} ({n})"
    used.add(name)
    return name


def _caption(table: LexborNode) -> str:
    caption = table.css_first("caption")
    return "" if caption is None else _line(caption)


def _line(node: LexborNode) -> str:
    return " ".join(node.text().split())[:MAX_LABEL_LENGTH]
