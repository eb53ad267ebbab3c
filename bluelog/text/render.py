"""From what a writer typed to what readers are shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup
from selectolax.lexbor import LexborNode

from bluelog.text.contents import add_contents
from bluelog.text.decorate import (
    defer_pictures,
    label_footnotes,
    name_headings,
    open_to_the_keyboard,
)
from bluelog.text.embeds import offer_embeds
from bluelog.text.formulas import mark_formulas, typeset_formulas
from bluelog.text.highlight import colour_code
from bluelog.text.markdown import markdown_to_html
from bluelog.text.plain import count_words, plain_text
from bluelog.text.sanitise import clean, seal
from bluelog.text.tree import parse, serialise

HTML, MARKDOWN = "html", "markdown"
FOOTNOTE_MARKS = ("#fn-", "#fnref-")
COLUMN_PX = 648
WIDER_THAN_COLUMN = frozenset({"wide", "full"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A post or page as it is stored beside its source; `images` are addresses, each once."""

    html: Markup
    plain: str
    words: int
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An upload as pages show it; `variants` are pairs of width and address.

    `formats` are such pairs by media type, the smallest format first.
    """

    url: str
    width: int
    height: int
    variants: tuple[tuple[int, str], ...] = ()
    formats: tuple[tuple[str, tuple[tuple[int, str], ...]], ...] = ()


def render(
    source: str,
    source_format: str,
    *,
    language: str = "en",
    contents: bool = False,
    formulas: bool = False,
) -> Rendered:
    """Make safe HTML, its text and its figures; `language` is that of the words added to it.

    `contents` asks for a list of the headings, `formulas` for what stands between dollars to be
    set as formulas. Raises ValueError when the format is unknown.
    """
    body = parse(clean_source(source, source_format, formulas=formulas))
    if formulas and source_format == HTML:
        mark_formulas(body)
    plain = plain_text(_without_marks(serialise(body)))
    _decorate(body, language)
    if formulas:
        typeset_formulas(body, language)
    colour_code(body)
    if contents:
        add_contents(body, language)
    images = tuple(dict.fromkeys(image.attributes.get("src") or "" for image in body.css("img")))
    return Rendered(seal(serialise(body)), plain, count_words(plain), images)


def clean_source(source: str, source_format: str, *, formulas: bool = False) -> Markup:
    """What was written as safe HTML with nothing added to it, whatever it was written in.

    Raises ValueError when the format is unknown.
    """
    if source_format == HTML:
        return clean(source)
    if source_format == MARKDOWN:
        return clean(markdown_to_html(source, formulas=formulas))
    raise ValueError(f"Unknown source format: {source_format}")


def responsive(html: str, widths_of: Callable[[str], Picture | None]) -> Markup:
    """Tell browsers the size, the other widths and formats of each picture that is a known upload.

    What was told before stays as it is.
    """
    body = parse(html)
    for image in body.css("img[src]"):
        picture = widths_of(image.attributes.get("src") or "")
        if picture is not None:
            _describe(image, picture)
            _offer_formats(image, picture)
    return seal(serialise(body))


def _decorate(body: LexborNode, language: str) -> None:
    name_headings(body)
    label_footnotes(body, language)
    defer_pictures(body)
    offer_embeds(body, language)
    open_to_the_keyboard(body, language)


def _without_marks(cleaned: str) -> str:
    """The text without the numbers and arrows of its footnotes, which are not its words."""
    if FOOTNOTE_MARKS[1] not in cleaned:
        return cleaned
    body = parse(cleaned)
    for mark in body.css(", ".join(f'a[href^="{start}"]' for start in FOOTNOTE_MARKS)):
        mark.decompose()
    return serialise(body)


def sources_in(html: str) -> list[str]:
    """The addresses of the pictures in a rendered text, each once."""
    images = parse(html).css("img[src]")
    return list(dict.fromkeys(image.attributes.get("src") or "" for image in images))


def _describe(image: LexborNode, picture: Picture) -> None:
    width, height = _shown_size(image, picture)
    image.attrs["width"] = str(width)
    image.attrs["height"] = str(height)
    if picture.variants:
        every_width = dict([*picture.variants, (picture.width, picture.url)])
        image.attrs["srcset"] = _candidates(every_width.items())
        image.attrs["sizes"] = _sizes(image, width)


def _shown_size(image: LexborNode, picture: Picture) -> tuple[int, int]:
    """Keep the size the writer gave; a side that is missing follows the picture's shape."""
    width = int(image.attributes.get("width") or 0)
    height = int(image.attributes.get("height") or 0)
    if not width:
        width = round(height * picture.width / picture.height) if height else picture.width
    if not height:
        height = round(width * picture.height / picture.width)
    return max(1, width), max(1, height)


def _offer_formats(image: LexborNode, picture: Picture) -> None:
    """Put a browser's choice of formats around the picture, which stays for all others."""
    if not picture.formats or (image.parent and image.parent.tag == "picture"):
        return
    choice = image.parser.create_node("picture")
    image.insert_before(choice, move=True)
    for media_type, variants in picture.formats:
        source = image.parser.create_node("source")
        source.attrs["type"] = media_type
        source.attrs["srcset"] = _candidates(variants)
        source.attrs["sizes"] = _sizes(image, int(image.attributes.get("width") or 0))
        choice.insert_child(source, move=True)
    choice.insert_child(image, move=True)


def _candidates(variants: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{url} {width}w" for width, url in sorted(variants))


def _sizes(image: LexborNode, width: int) -> str:
    places = _classes(image) | (_classes(image.parent) if image.parent else set())
    shown = width if places & WIDER_THAN_COLUMN else min(width, COLUMN_PX)
    return f"(min-width: {shown}px) {shown}px, 100vw"


def _classes(node: LexborNode) -> set[str]:
    return set((node.attributes.get("class") or "").split())
