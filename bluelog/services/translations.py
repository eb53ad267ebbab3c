"""Linking a text with what it translates. Each verb runs in an open unit of work."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from urllib.parse import unquote, urlsplit

from sqlalchemy import or_, select

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Post, PostStatus, User
from bluelog.queries.history import newest_revision
from bluelog.queries.posts import is_editable_by, is_public, original_slug
from bluelog.queries.redirects import target_of
from bluelog.text.urls import post_path


def link(post: Post, typed: str | None, *, by: User, at: datetime) -> None:
    """Make the post a translation of what is at that address; None leaves it as it is.

    All translations of a text name the same original, so that each finds the others, and no two
    are in one language. Raises RuleBroken("original"), or of "language" where it alone is new.
    """
    former, moved = post.translation_of, [post]
    if typed is not None:
        root = _root(post, typed, by, at) if typed else None
        moved += _translations_of([post.id]) if root else []
        for each in moved:
            each.translation_of = root
    # What was so before keeps nobody from saving: a text may have come back from the trash.
    is_changed = (former, _saved_language(post)) != (post.translation_of, post.language)
    if is_changed and _clash(moved):
        taken = _l("There is a translation into this language already.")
        raise RuleBroken("original" if typed else "language", taken)


def let_go(ids: Collection[int]) -> None:
    """Have what translates these go on as translations of each other, before these are deleted."""
    left = (each for each in _translations_of(ids) if each.id not in ids)
    for _former, group in groupby(left, key=lambda each: each.translation_of):
        first, *others = group
        first.translation_of = None
        for each in others:
            each.translation_of = first.id
    db.session.flush()  # Their own deletion asks for what translates them.


def _translations_of(ids: Collection[int]) -> Sequence[Post]:
    theirs = select(Post).where(Post.translation_of.in_(list(ids)))
    return db.session.scalars(theirs.order_by(Post.translation_of, Post.id).with_for_update()).all()


def _saved_language(post: Post) -> str | None:
    last = newest_revision(post.id)
    return last.fields["language"] if last else None


def _clash(moved: Sequence[Post]) -> bool:
    """Whether one of these, of which the first is being saved, speaks as another of its group."""
    post, *others = moved
    spoken = [post.language, *(p.language for p in others if p.status != PostStatus.TRASHED)]
    root = post.translation_of or post.id
    group = or_(Post.id == root, Post.translation_of == root)
    there = select(Post.language).where(group, Post.status != PostStatus.TRASHED)
    beside = db.session.scalars(there.where(Post.id.not_in([each.id for each in moved])))
    return len(set(spoken)) < len(spoken) or not set(spoken).isdisjoint(beside)


def _root(post: Post, typed: str, by: User, at: datetime) -> int:
    """The id of the original that is or was at that address, or of what that translates itself."""
    slug = _slug(typed)
    if post.translation_of and slug in _names_of_present(post):
        return post.translation_of
    seen = or_(is_public(at), is_editable_by(by))
    there = select(Post).where(Post.kind == post.kind, Post.status != PostStatus.TRASHED, seen)
    found = db.session.scalar(there.where(Post.slug == slug))
    if found is None and (target := target_of(post_path(post.kind, slug))):
        found = db.session.scalar(there.where(Post.slug == _slug(target)))
    if found is None:
        raise RuleBroken(
            "original", _l("There is nothing at this address that could be translated.")
        )
    root: int = found.translation_of or found.id
    if root == post.id:
        raise RuleBroken("original", _l("A text cannot be a translation of itself."))
    return root


def _names_of_present(post: Post) -> set[str]:
    """What the editor calls the original that the post has, and called it at the last save.

    That stays whatever became of it meanwhile: another one's act keeps nobody from saving.
    """
    last = newest_revision(post.id)
    saved = last.fields.get("original") if last else None
    return {original_slug(post), _slug(saved or "")} - {""}


def _slug(typed: str) -> str:
    """The slug, or the last word of a whole address."""
    try:
        path = urlsplit(typed).path
    except ValueError:
        path = typed
    return unquote(path).rstrip("/").rpartition("/")[2]
