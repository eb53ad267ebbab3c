"""Going back to what a post was: a save like any other, so that nothing after it is lost."""

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from bluelog.errors import NotFound, RuleBroken, VersionConflict
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Post, PostStatus, Revision, User
from bluelog.queries.frame import category
from bluelog.queries.history import newest_revision, revision
from bluelog.queries.posts import cover, original_slug, post_editable_by
from bluelog.queries.tags import tags_of
from bluelog.services import posts
from bluelog.services.content import Content
from bluelog.services.former_tags import present_names
from bluelog.services.revisions import SETTINGS, place_of

_TRIES = 5


def restore_revision(post_id: int, number: int, *, by: User, at: datetime) -> Post:
    """Give the post the words of that revision; its address, status and date stay.

    Raises RuleBroken for a post in the trash.
    """
    for _ in range(_TRIES):
        post, wanted = post_editable_by(by, post_id), revision(post_id, number)
        if post is None or wanted is None:
            raise NotFound
        if post.status == PostStatus.TRASHED:
            raise RuleBroken(None, _l("This post is in the trash. Restore it first."))
        content = content_at(post, wanted)
        try:
            options: Any = {"version": post.version, "restored": number}
            return posts.save(post_id, content, by=by, at=at, **options)
        except VersionConflict as conflict:
            newer = conflict
    raise newer


def content_at(post: Post, wanted: Revision) -> Content:
    """What going back to that revision would save."""
    now = asdict(content_of(post))
    then = {name: value for name, value in wanted.fields.items() if name not in SETTINGS}
    for name, is_there in _MAY_BE_GONE.items():
        if then.get(name) is not None and not is_there(then[name]):
            then[name] = now[name]
    if then.get("tags") is not None:
        then["tags"] = present_names(then["tags"])
    left: dict[str, Any] = dict.fromkeys(
        ("original", "authors", "series", "part", "parent", "position", "in_menu")
    )
    return replace(content_from(now | then), **left)


def content_of(post: Post) -> Content:
    """What the post holds, in the form of a save."""
    last = newest_revision(post.id)
    columns = {column.key for column in Post.__mapper__.column_attrs}
    held = {f.name: getattr(post, f.name) for f in fields(Content) if f.name in columns}
    held |= {"original": original_slug(post)} | place_of(post)
    held["tags"] = tuple(tag.name for tag in tags_of(post.id))
    return content_from((last.fields if last else {}) | held)


def content_from(held: dict[str, Any]) -> Content:
    """Content as a revision keeps it; what it has no word of is as it is by default."""
    known = {f.name for f in fields(Content)}
    return Content(**{name: _fixed(value) for name, value in held.items() if name in known})


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_MAY_BE_GONE: dict[str, Callable[[int], object]] = {"category_id": category, "cover_id": cover}
