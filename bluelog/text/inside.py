"""Where a link of a text leads within its own site."""

from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from bluelog.text.urls import as_browsers_see, is_local

_OF_THE_OTHERS = ("post", "category", "tag", "series", "author", "uploads")


class Place(NamedTuple):
    """A kind of page and its name, a page's with that of what it is under before it; with the path
    as it is stored.
    """

    kind: str
    name: str
    path: str


def path_within(href: str, *, here: str, site: str) -> str | None:
    """The path of an address on this site, decoded; None for others and for places on the page.

    `here` is the path of the page that the link is on, `site` the site's own address.
    """
    seen = as_browsers_see(href)
    if not is_local(seen):
        if not _is_of(seen, site):
            return None
        seen = urlsplit(seen).path or "/"
    if seen.startswith(("#", "?")):
        return None
    try:
        path = unquote(urlsplit(urljoin(here, seen)).path)
    except ValueError:
        return None
    return None if "\0" in path else path.rstrip("/") or "/"


def place_of(path: str, *, known: frozenset[str]) -> Place | None:
    """What a path names; None where it is no place that may be missing.

    `known` are the first words that are the site's own.
    """
    first, *others = path.strip("/").split("/")
    if first in _OF_THE_OTHERS:
        return Place(first, others[0], "/".join(["", first, others[0]])) if others else None
    if not first or first in known:
        return None
    return Place("page", "/".join([first, *others]), path)


def _is_of(url: str, site: str) -> bool:
    try:
        there, own = urlsplit(url), urlsplit(site)
    except ValueError:
        return False
    is_web = there.scheme in ("", "http", "https") and bool(there.netloc)
    return is_web and there.netloc == own.netloc
