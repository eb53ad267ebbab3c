"""Addresses: unique for each kind across the site, kept for ever once they were public."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, count
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute

from bluelog.errors import RuleBroken
from bluelog.extensions import DERIVED, db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Category, Post, PostKind, Redirect, Series, Tag
from bluelog.queries.frame import site
from bluelog.queries.redirects import target_of
from bluelog.text.inside import place_of
from bluelog.text.slug import is_slug, numbered, slugify
from bluelog.text.urls import post_path

# The first words of the URL map: a page of that name would never be reached.
RESERVED = frozenset(
    """account admin archive author auth category change-language change-theme comments custom
    favicon.ico feed.atom feed.json feed.rss healthz links post preview readyz reply robots.txt
    search series setup sitemap.xml static tag unsubscribe uploads""".split()  # noqa: SIM905 - thirty lines otherwise
)


def post_slug(post: Post, typed: str) -> str:
    """The slug for what was typed, else for the post's title; a clash takes the language, then a
    number.

    An address that leads to another post is left to that one. Raises RuleBroken("slug") when what
    was typed is no slug, is reserved or is taken.
    """
    if typed and typed != post.slug:
        _check(typed, post)
        return typed
    if typed:
        return typed
    base = _from_title(post.title)
    tagged = numbered(base, post.language.lower())
    candidates = chain([base, tagged], (numbered(base, n) for n in count(2)))
    return next(slug for slug in candidates if is_free(slug, post))


def category_slug(category: Category, typed: str) -> str:
    """As `post_slug`, for a category."""
    return _slug_of(Category, category, typed)


def tag_slug(tag: Tag, typed: str) -> str:
    """As `post_slug`, for a tag."""
    return _slug_of(Tag, tag, typed)


def series_slug(series: Series, typed: str) -> str:
    """As `post_slug`, for a series."""
    return _slug_of(Series, series, typed)


def _slug_of(model: type[Category | Series | Tag], row: Category | Series | Tag, typed: str) -> str:
    base = typed or _from_title(row.name)
    if not is_slug(base):
        raise RuleBroken("slug", _NOT_A_SLUG)
    candidates = [base] if typed else chain([base], (numbered(base, n) for n in count(2)))
    for slug in candidates:
        if not _taken(model.slug, slug, model.id != row.id) and not _leads_away(row, slug):
            return slug
    raise RuleBroken("slug", _TAKEN)


def _leads_away(row: Category | Series | Tag, slug: str) -> bool:
    """Whether former links to what would be its address lead to something else."""
    with db.session.no_autoflush:
        target = target_of(f"/{row.__tablename__}/{slug}")
    return target is not None and target != f"/{row.__tablename__}/{row.slug}"


def moved(old: str, new: str, at: datetime) -> None:
    """Keep an address working by a redirect; one that is in use again redirects no longer."""
    if old == new:
        return
    for row in db.session.scalars(select(Redirect).where(Redirect.path.in_((old, new)))):
        db.session.delete(row)
    for row in db.session.scalars(select(Redirect).where(Redirect.target == old)):
        row.target = new
    db.session.flush()  # The path of a deleted row is used again at once.
    db.session.add(Redirect(path=old, target=new, created_at=at))


def let_go(addresses: Iterable[str]) -> None:
    """Delete what leads to addresses that are gone for good."""
    gone = delete(Redirect).where(Redirect.target.in_(sorted(addresses)))
    db.session.execute(gone, execution_options={DERIVED: True, "synchronize_session": False})


_NOT_A_SLUG = _l("Use lower-case letters, digits and hyphens, and not digits alone.")
_TAKEN = _l("This address is taken.")
ANOTHERS = _l("Another post was at this address, and links to it still lead there.")


def _from_title(title: str) -> str:
    settings = site()
    return slugify(
        title, style="native" if settings and settings.slug_style == "native" else "pinyin"
    )


def _check(slug: str, post: Post) -> None:
    if not is_slug(slug):
        raise RuleBroken("slug", _NOT_A_SLUG)
    if not _is_unused(slug, post):
        raise RuleBroken("slug", _TAKEN)
    if leads_to_another(slug, post):
        raise RuleBroken("slug", ANOTHERS)


def is_free(slug: str, post: Post) -> bool:
    """Whether a post may have the slug: no other has it, and nobody's links lead elsewhere."""
    return _is_unused(slug, post) and not leads_to_another(slug, post)


def _is_unused(slug: str, post: Post) -> bool:
    if post.kind == PostKind.PAGE and slug in RESERVED:
        return False
    return not _taken(Post.slug, slug, Post.kind == post.kind, Post.id != post.id)


def leads_to_another(slug: str, post: Post) -> bool:
    """Whether what would be the address of a post is one that another post had."""
    with db.session.no_autoflush:
        target = target_of(post_path(post.kind, slug, post.parent_slug))
    place = place_of(target, known=RESERVED) if target else None
    if place is None or place.kind not in tuple(PostKind):
        return False
    its = (Post.kind == place.kind, Post.id != post.id)
    return _taken(Post.slug, place.name.rpartition("/")[2], *its)


def _taken(column: InstrumentedAttribute[str], slug: str, *conditions: Any) -> bool:
    with db.session.no_autoflush:
        row = db.session.scalar(select(column).where(column == slug, *conditions).limit(1))
    return row is not None
