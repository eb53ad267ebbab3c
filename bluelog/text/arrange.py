"""HTML put in order before it is sanitised; what leaves here is not yet safe."""

from selectolax.lexbor import LexborNode

from bluelog.text.tree import parse, rename, serialise
from bluelog.text.urls import as_browsers_see, is_local, is_web_address
from bluelog.text.vocabulary import tags

FOREIGN = "svg, math"
HEADINGS = "h2, h3, h4, h5, h6"
CONTAINER_TAGS = tags("article aside center div footer header main nav section")
CONTAINERS = ", ".join(sorted(CONTAINER_TAGS))
BLOCK_TAGS = CONTAINER_TAGS | tags(
    "blockquote dd details dl dt figcaption figure form h1 h2 h3 h4 h5 h6 hr li ol p pre table ul"
)
PARAGRAPH_PLACES = CONTAINER_TAGS | tags("blockquote body dd details figcaption figure li td th")
COMMON_ATTRIBUTES = frozenset({"id", "lang", "dir"})


def arranged(html: str) -> str:
    """Turn what a post may not hold into the nearest thing it may."""
    body = parse(html)
    # First of all, since attributes are not what they seem in these: xlink:href answers to [href].
    for node in reversed(body.css(FOREIGN)):
        node.decompose()
    for node in reversed(body.css("h1")):
        rename(node, "h2", keep=COMMON_ATTRIBUTES)
    _open_containers(body.css(CONTAINERS))
    _send_away_for_foreign_pictures(body)
    _mark_links(body)
    _drop_leading_newlines(body)
    _drop_empty_blocks(body)
    _make_ids_unique(body)
    return serialise(body).strip()


def _open_containers(containers: list[LexborNode]) -> None:
    paragraphs = {node.mem_id for node in containers if _may_be_paragraph(node)}
    # From the outside in, since each unwrapping moves every child there is by then.
    for node in containers:
        if node.mem_id in paragraphs:
            rename(node, "p", keep=COMMON_ATTRIBUTES)
        else:
            _unwrap_apart(node)


def _unwrap_apart(node: LexborNode) -> None:
    # Words at its edges would otherwise run into those of its neighbours.
    if node.prev is None or not node.prev.is_empty_text_node:
        node.insert_before("\n")
    if node.next is None or not node.next.is_empty_text_node:
        node.insert_after("\n")
    node.unwrap()


def _may_be_paragraph(node: LexborNode) -> bool:
    parent = node.parent
    if parent is None or parent.tag not in PARAGRAPH_PLACES:
        return False
    return not any(child.tag in BLOCK_TAGS for child in node.iter())


def _send_away_for_foreign_pictures(body: LexborNode) -> None:
    """Put links in place of pictures on other servers: readers' browsers ask nobody but us."""
    inside_links = {image.mem_id for image in body.css("a img")}
    for image in body.css("img"):
        source = image.attributes.get("src") or ""
        if is_local(source):
            continue
        if is_web_address(source) and image.mem_id not in inside_links:
            _replace_with_link(image, source)
        else:
            image.replace_with(_words_for(image, source))


def _replace_with_link(image: LexborNode, source: str) -> None:
    address = as_browsers_see(source)
    link = image.parser.create_node("a")
    link.attrs["href"] = f"https:{address}" if address.startswith("//") else address
    image.insert_before(link, move=True)
    link.insert_child(_words_for(image, source))
    image.decompose()


def _words_for(image: LexborNode, source: str) -> str:
    words = (image.attributes.get("alt") or "").strip()
    if words or not is_web_address(source):
        return words
    address = as_browsers_see(source)
    return address.partition("?")[0].rstrip("/").rpartition("/")[2] or address


def _mark_links(body: LexborNode) -> None:
    for link in body.css("a[href]"):
        if is_web_address(link.attributes.get("href") or ""):
            link.attrs["rel"] = f"{link.attributes.get('rel') or ''} noopener"


def _drop_leading_newlines(body: LexborNode) -> None:
    # HTML reads one line break less than is written there, so each further reading would drop one.
    for block in body.css("pre"):
        first = block.first_child
        while first is not None and first.is_text_node:
            text = first.text_content or ""
            if text.lstrip("\n"):
                first.replace_with(text.lstrip("\n"))
                break
            first.decompose()
            first = block.first_child


def _drop_empty_blocks(body: LexborNode) -> None:
    for heading in reversed(body.css(HEADINGS)):
        if not heading.text().strip() and heading.css_first("img") is None:
            heading.decompose()
    for paragraph in reversed(body.css("p")):
        if not any(_is_content(child) for child in paragraph.iter(include_text=True)):
            paragraph.decompose()


def _is_content(node: LexborNode) -> bool:
    return not (node.is_empty_text_node or node.is_comment_node)


def _make_ids_unique(body: LexborNode) -> None:
    seen: set[str] = set()
    for node in body.css("[id]"):
        name = node.attributes.get("id") or ""
        if name in seen:
            del node.attrs["id"]
        seen.add(name)
