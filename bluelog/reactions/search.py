"""The index that search goes by is kept in step with the posts, their authors and their tags.

What changed is read off what a session writes, so that no service can forget it; the index is
written last of all, in the same transaction, however often a post was.
"""

from typing import Any

from sqlalchemy.orm import Session, UOWTransaction

from bluelog.models import Post, PostAuthor, PostTag, Tag
from bluelog.reactions.watching import forgetting, has_changed, values_of, watch
from bluelog.services import search_index

_KEY = "search_changes"
_POST_SAID = ("title", "plain", "status", "category_id", "published_at", "created_at")


def register() -> None:
    """Watch every session of the app."""
    watch(_LISTENERS)


def _note_tags(session: Session, _context: UOWTransaction, _rows: Any) -> None:
    # Before, for what is deleted takes along by whom it was had.
    tags = [row.id for row in session.deleted if isinstance(row, Tag)]
    tags += [r.id for r in session.dirty if isinstance(r, Tag) and has_changed(r, "name")]
    if tags:
        with session.no_autoflush:
            _remember(session, set(search_index.posts_of(tags)))


def _note(session: Session, _context: UOWTransaction) -> None:
    changed = {id_ for row in (*session.new, *session.deleted) for id_ in _whole(row)}
    changed |= {id_ for row in session.dirty for id_ in _changed(row)}
    _remember(session, changed)


def _remember(session: Session, post_ids: set[int]) -> None:
    if post_ids:
        session.info.setdefault(_KEY, set()).update(post_ids)


def _write(session: Session) -> None:
    session.flush()
    # Of one that is gone nothing is found, and so nothing said.
    search_index.write(session.info.pop(_KEY, ()))


def _whole(row: Any) -> set[int]:
    if isinstance(row, Post):
        return {row.id}
    return values_of(row, "post_id") if isinstance(row, PostAuthor | PostTag) else set()


def _changed(row: Any) -> set[int]:
    if isinstance(row, Post) and has_changed(row, *_POST_SAID):
        return {row.id}
    whose = {PostAuthor: "user_id", PostTag: "tag_id"}.get(type(row))
    if whose and has_changed(row, "post_id", whose):
        return values_of(row, "post_id")
    return set()


_LISTENERS: dict[str, Any] = {
    "before_flush": _note_tags,
    "after_flush": _note,
    "before_commit": _write,
    "after_rollback": forgetting(_KEY),
}
