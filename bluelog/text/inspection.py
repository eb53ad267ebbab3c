"""What a rendered text holds that somebody should look at before it is public."""

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from bluelog.text.tree import parse

_HEADINGS = "h1, h2, h3, h4, h5, h6"
_LONGEST_WORDS = 80


@dataclass(frozen=True)
class Inspection:
    """`silent` pictures have no alternative text; `skipping` are headings that leave out a rank.

    `links` and `pictures` are addresses as they stand in the text, each once.
    """

    silent: tuple[str, ...]
    skipping: tuple[str, ...]
    links: tuple[str, ...]
    pictures: tuple[str, ...]


def inspect(html: str) -> Inspection:
    """Read a text as it is stored beside its source."""
    body = parse(html)
    images = body.css("img[src]")
    return Inspection(
        silent=_each([_value(image, "src") for image in images if not _value(image, "alt")]),
        skipping=tuple(_skipping(body.css(_HEADINGS))),
        links=_each([_value(link, "href") for link in body.css("a[href]")]),
        pictures=_each([_value(image, "src") for image in images]),
    )


def _skipping(headings: list[LexborNode]) -> list[str]:
    """The title above the text is of the first rank."""
    found, before = [], 1
    for heading in headings:
        rank = int(str(heading.tag)[1])
        if rank > before + 1:
            found.append(_words(heading))
        before = rank
    return found


def _words(node: LexborNode) -> str:
    words = " ".join(node.text().split())
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"


def _value(node: LexborNode, name: str) -> str:
    return (node.attributes.get(name) or "").strip()


def _each(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
