"""Text for programs that are no browser: feeds, sitemaps, and who else reads what we serve."""

import re
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from bluelog.text.tree import parse, serialise

# All that XML 1.0 cannot hold, not even as a reference (section 2.2).
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UPLOAD = re.compile(r'<img\b[^>]*?\ssrc="(/uploads/[^"]+)"')
# What a page's own style, script and keyboard need, and a feed reader has of its own.
_OF_THE_PAGE = ("tabindex", "loading", "decoding", "sizes")
_ADDRESSES = ("href", "src")


def legal(text: str) -> str:
    """Drop the characters that no XML document may hold."""
    return _NO_XML.sub("", text)


def away_from_home(html: str, address: str) -> str:
    """The HTML of the page at `address` with whole addresses, to be shown anywhere."""
    body = parse(html)
    for node in body.css("[href], [src]"):
        for name in _ADDRESSES:
            if name in node.attributes:
                node.attrs[name] = _whole(address, node.attributes[name] or "")
    for image in body.css("[srcset]"):
        image.attrs["srcset"] = _candidates(image, address)
        del image.attrs["sizes"]
    for node in body.css(", ".join(f"[{name}]" for name in _OF_THE_PAGE)):
        _strip(node)
    return serialise(body)


def pictures_in(html: str) -> list[str]:
    """The addresses of the blog's own pictures in a rendered post, each once."""
    return list(dict.fromkeys(_UPLOAD.findall(html)))


def _strip(node: LexborNode) -> None:
    for name in _OF_THE_PAGE:
        if name in node.attributes:
            del node.attrs[name]


def _candidates(image: LexborNode, address: str) -> str:
    pairs = (each.strip().partition(" ") for each in (image.attributes["srcset"] or "").split(","))
    return ", ".join(f"{_whole(address, url)} {width}".strip() for url, _, width in pairs if url)


def _whole(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:  # what is no address stays as it is
        return address
