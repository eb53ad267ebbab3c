"""Linking a text with what it translates. Each verb runs in an open unit of work."""

from datetime import datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy import or_, select

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Post, PostStatus, User
from bluelog.queries.posts import is_editable_by, is_public


def link(post: Post, typed: str | None, *, by: User, at: datetime) -> None:
    """Make the post a translation of what is at that address; None leaves it as it is.

    All translations of a text name the same original, so that each finds the others. Raises
    RuleBroken("original").
    """
    if typed is None:
        return
    root = _root(post, typed, by, at) if typed else None
    if root is None:
        post.translation_of = None
        return
    group = or_(Post.id == root, Post.translation_of == root)
    others = select(Post.id).where(group, Post.id != post.id, Post.status != PostStatus.TRASHED)
    if db.session.scalar(others.where(Post.language == post.language).limit(1)):
        raise RuleBroken("original", _l("There is a translation into this language already."))
    for translation in db.session.scalars(select(Post).where(Post.translation_of == post.id)):
        translation.translation_of = root
    post.translation_of = root


def _root(post: Post, typed: str, by: User, at: datetime) -> int:
    """The id of the original at that address, or of what that translates itself."""
    seen = or_(is_public(at), is_editable_by(by))
    there = select(Post).where(Post.kind == post.kind, Post.slug == _slug(typed), seen)
    found = db.session.scalar(there.where(Post.status != PostStatus.TRASHED))
    if found is None:
        raise RuleBroken(
            "original", _l("There is nothing at this address that could be translated.")
        )
    root: int = found.translation_of or found.id
    if root == post.id:
        raise RuleBroken("original", _l("A text cannot be a translation of itself."))
    return root


def _slug(typed: str) -> str:
    """The slug, or the last word of a whole address."""
    try:
        path = urlsplit(typed).path
    except ValueError:
        path = typed
    return unquote(path).rstrip("/").rpartition("/")[2]
