"""Going back where one came from, within the site only, and on to where a page moved."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from bluelog.clock import now
from bluelog.queries import series, tags
from bluelog.queries.posts import page_readable_by, post_readable_by
from bluelog.queries.redirects import target_of
from bluelog.services.slugs import RESERVED
from bluelog.web.visitor import viewer


def go_back(default: str = "blog.index", **values: Any) -> Response:
    """Redirect to `?next=`, else the referring page, else `default`."""
    for target in (request.values.get("next"), request.referrer):
        if path := local_path(target):
            return redirect(path)
    return redirect(url_for(default, **values))


def moved_or_404(path: str, native: str | None = None, *, below: str = "") -> Response:
    """A permanent redirect from an address that was, as imports and renamings noted it.

    `native` is where it leads if nothing was noted; `below` is what follows the address, as a
    feed's name does. A form sent there is sent again, whole; an old page number goes along. Where
    a hidden post moved to is nobody's business.
    """
    g.has_sought_redirect = True
    target = target_of(path) or native
    if target is None or not _is_open(target):
        abort(404)
    return _onward(target + below)


def moved(path: str) -> Response | None:
    """The same for an address that is no page of ours and never was: where it leads, if anywhere.

    A redirect is thus looked for only where nothing else answers, and can hide no page.
    """
    if request.method not in ("GET", "HEAD") or "has_sought_redirect" in g:
        return None
    target = target_of(path)
    return _onward(target) if target and _is_open(target) else None


def _onward(target: str) -> Response:
    if page := request.args.get("page"):
        target = f"{target}?{urlencode({'page': page})}"
    return redirect(target, 308 if request.method == "POST" else 301)


def _is_open(target: str) -> bool:
    match target.split("/")[1:]:
        case ["post", slug]:
            return post_readable_by(viewer(), slug, now()) is not None
        case ["tag", slug]:
            return tags.tag_by_slug(slug, now()) is not None
        case ["series", slug]:
            found = series.series_by_slug(slug)
            return found is not None and series.public_count(found, now()) > 0
        case [slug] if slug not in _NO_PAGES:
            return page_readable_by(viewer(), slug, now()) is not None
        case [parent, slug] if parent not in _NO_PAGES:
            return page_readable_by(viewer(), slug, now(), parent=parent) is not None
    return True


_NO_PAGES = RESERVED | {""}


def local_path(target: str | None) -> str | None:
    """Path and query of an address within this site, or None for any other."""
    if not target or any(ord(char) <= 0x20 for char in target) or "\\" in target:  # noqa: PLR2004
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.netloc and (parts.scheme, parts.netloc) != (request.scheme, request.host):
        return None
    if (parts.scheme and not parts.netloc) or not parts.path.startswith("/"):
        return None
    if parts.path.startswith("//"):
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")
