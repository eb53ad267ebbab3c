"""A text as readers will see it, before it is saved or public. Nothing is written by any of it.

What is made here belongs to no session, so that none can write it.
"""

from datetime import datetime

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import Category, Post, PostKind
from bluelog.queries.pages import page_by_id
from bluelog.queries.posts import cover
from bluelog.services import dates, slugs
from bluelog.services.content import Content
from bluelog.services.rendering import Rendering, render_post

_NOWHERE = "preview"
_SHOWN = (
    *("kind", "language", "title", "slug", "html", "summary", "words"),
    *("parent_id", "parent_slug"),
)


def as_saved(post: Post, at: datetime) -> Post:
    """What is saved of a post, as it would look if it were published now."""
    shown = Post(**{name: getattr(post, name) for name in _SHOWN})
    shown.category, shown.cover = post.category, post.cover
    shown.published_at, shown.revised_at = post.published_at or at, post.revised_at
    return shown


def as_typed(content: Content, post: Post | None, kind: str, at: datetime) -> Post:
    """What is typed, as it would look if it were saved and published now.

    Raises RuleBroken("source") where it could not be saved either.
    """
    return _made(content, render_post(content), post, kind, at)


def without_text(content: Content, kind: str, at: datetime) -> Post:
    """All of it but a text that is refused."""
    return _made(content, Rendering("", "", 0, ""), None, kind, at)


def _made(
    content: Content, rendering: Rendering, post: Post | None, kind: str, at: datetime
) -> Post:
    shown = Post(kind=kind, title=content.title, language=content.language)
    _fill(shown, content, rendering)
    first_published = post.published_at if post else None
    shown.published_at = dates.would_be(post, content.appears, at)
    shown.revised_at = at if first_published and first_published <= at else None
    shown.slug = _slug(shown, content.slug or (post.slug if post else ""))
    if kind == PostKind.PAGE:
        kept = post.parent_id if post else None
        asked = content.parent if content.parent is not None else kept
        parent = page_by_id(asked)
        shown.parent_id, shown.parent_slug = (parent.id, parent.slug) if parent else (None, None)
    return shown


def _fill(shown: Post, content: Content, rendering: Rendering) -> None:
    shown.html, shown.words = rendering.html, rendering.words
    shown.plain, shown.excerpt = rendering.plain, content.excerpt
    shown.summary = content.excerpt or rendering.excerpt
    shown.cover = cover(content.cover_id)
    shown.cover_id = shown.cover.id if shown.cover else None
    if shown.kind == PostKind.POST and content.category_id:
        shown.category = db.session.get(Category, content.category_id)


def _slug(shown: Post, typed: str) -> str:
    """The address it would have; one that could not be saved changes nothing of its look."""
    try:
        return slugs.post_slug(shown, typed) or _NOWHERE
    except RuleBroken:
        return typed
