"""Addresses that were, and such as were asked for in vain."""

from collections.abc import Collection
from datetime import datetime
from difflib import SequenceMatcher

from sqlalchemy import or_, select

from bluelog.extensions import db
from bluelog.models import MissingAddress, Post, PostKind, Redirect
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.places import is_there
from bluelog.queries.portions import in_portions
from bluelog.queries.posts import is_public
from bluelog.queries.word_search import search_page
from bluelog.text.inside import place_of
from bluelog.text.urls import post_path
from bluelog.text.visits import APART

NEWEST_FIRST = Order((Redirect.id,))
MOST_MISSED_FIRST = Order((MissingAddress.count, MissingAddress.id))
_NEIGHBOURS = 25
_ALIKE = 0.6
# What stands at the end of other systems' addresses.
_ENDINGS = (".html", ".htm", ".php", ".aspx", ".md")
_PAGES = ("", "archive", "links", "search", "healthz", "readyz", "robots.txt", "sitemap.xml")
_FEEDS = ("feed.atom", "feed.json", "feed.rss")


def target_of(path: str) -> str | None:
    """Where the page that was at this path is now, or None."""
    if "\0" in path:  # PostgreSQL takes none
        return None
    return db.session.scalar(select(Redirect.target).where(Redirect.path == path))


def targets_of(paths: Collection[str]) -> dict[str, str]:
    """Where the pages are now that were at these paths, by path; of the others nothing."""
    query = select(Redirect.path, Redirect.target)
    portions = (query.where(Redirect.path.in_(some)) for some in in_portions(sorted(paths)))
    return {path: target for some in portions for path, target in db.session.execute(some)}


def redirect_by_id(redirect_id: int) -> Redirect | None:
    return db.session.get(Redirect, redirect_id)


def redirects_page(window: Window, wanted: str = "") -> Page[Redirect]:
    """Some redirects, the newest first; with `wanted` those whose path or target has it in it,
    which are looked for a bounded step at a time.
    """
    query = select(Redirect)
    if not wanted:
        return page(query, NEWEST_FIRST, window)
    has_it = or_(*(c.contains(wanted, autoescape=True) for c in (Redirect.path, Redirect.target)))
    return search_page(query, NEWEST_FIRST, has_it, window, walked=select(Redirect.id))


def missing_page(window: Window, *, ignored: bool) -> Page[MissingAddress]:
    """Some addresses that were asked for in vain, those asked for most first."""
    query = select(MissingAddress).where(MissingAddress.is_ignored == ignored)
    return page(query, MOST_MISSED_FIRST, window)


def is_answered(path: str, now: datetime) -> bool:
    """Whether a page of the blog is at this path, or can only be."""
    first, _, rest = path[1:].partition("/")
    if first in APART or (not rest and first in (*_PAGES, *_FEEDS)):
        return True
    place = place_of(path, known=frozenset())
    return place is not None and is_there(place, now)


def nearest_address(path: str, now: datetime) -> str:
    """The address of a public post or page that is written most like this one; empty if none is.

    It is looked for among the neighbours in the order of slugs, which an index has.
    """
    wanted = path.rstrip("/").rpartition("/")[2].lower()
    for ending in _ENDINGS:
        wanted = wanted.removesuffix(ending)
    wanted = wanted.replace("_", "-").replace(" ", "-")
    if not wanted:
        return ""
    found = [(_alike(slug, wanted), address) for slug, address in _neighbours(wanted, now)]
    likeness, address = max(found, default=(0.0, ""))
    return address if likeness >= _ALIKE and address != path else ""


def _neighbours(wanted: str, now: datetime) -> list[tuple[str, str]]:
    """Slugs and paths."""
    found: list[tuple[str, str]] = []
    for kind in PostKind:
        public = select(Post.kind, Post.slug, Post.parent_slug).where(
            Post.kind == kind, is_public(now)
        )
        after = public.where(Post.slug >= wanted).order_by(Post.slug)
        before = public.where(Post.slug < wanted).order_by(Post.slug.desc())
        for side in (after, before):
            rows = db.session.execute(side.limit(_NEIGHBOURS))
            found += [(r.slug, post_path(r.kind, r.slug, r.parent_slug)) for r in rows]
    return found


def _alike(slug: str, wanted: str) -> float:
    """How much of the longer one both have, from 0 to 1; all, where one begins the other."""
    short, long = sorted((slug, wanted), key=len)
    if len(short) > 3 and long.startswith(short):  # noqa: PLR2004 - "a" begins too many
        return 1.0
    return SequenceMatcher(None, slug, wanted).ratio()
