"""Which addresses stay on this site, and which are those of its posts."""

import re

_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_MENU_ADDRESS = re.compile(
    r"https?://[^\s/?#@]+([/?#]\S*)?|mailto:[^\s@]+@[^\s@]+|/(?!/)\S*", re.IGNORECASE
)
_DROPPED_BY_BROWSERS = re.compile(r"[\t\n\r]")
_EDGES = "".join(map(chr, range(0x21)))


def is_local(url: str) -> bool:
    """Whether a browser would ask this site for the address.

    Browsers take backslashes for slashes and skip control characters. Source: WHATWG URL, 4.4.
    """
    seen = as_browsers_see(url)
    return bool(seen) and not _SCHEME.match(seen) and not seen.startswith("//")


def is_menu_address(url: str) -> bool:
    """Whether a menu may lead there: to a web or mail address, or a path of this site.

    What browsers would drop or turn is refused, so that nothing is other than it looks.
    """
    return url == as_browsers_see(url) and bool(_MENU_ADDRESS.fullmatch(url))


def is_web_address(url: str) -> bool:
    """Whether the address names a web server, with or without its scheme."""
    return as_browsers_see(url).lower().startswith(("http://", "https://", "//"))


def as_browsers_see(url: str) -> str:
    """Drop and turn the characters of an address that browsers drop and turn."""
    return _DROPPED_BY_BROWSERS.sub("", url.strip(_EDGES)).replace("\\", "/")


def post_path(kind: str, slug: str, parent: str | None = None) -> str:
    """The path of a post, or of a page and what it is under."""
    if kind != "page":
        return f"/post/{slug}"
    return f"/{parent}/{slug}" if parent else f"/{slug}"
