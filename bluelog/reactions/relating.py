"""Posts that change are noted, for the worker to find out anew what is related to them.

It is read off what a session writes, so that no service can forget it, and written at the end of
the transaction.
"""

from typing import Any

from sqlalchemy.orm import Session, UOWTransaction

from bluelog.clock import now
from bluelog.models import Post, PostTag, Tag
from bluelog.reactions.watching import forgetting, has_changed, values_of, watch
from bluelog.services import relating, search_index

_KEY = "relation_changes"
# What it is about, and whether anyone sees it; the category alone is a weak sign.
_SAID = ("kind", "status", "title", "plain", "language", "translation_of")


def register() -> None:
    """Watch every session of the app."""
    watch(_LISTENERS)


def _note_tags(session: Session, _context: UOWTransaction, _rows: Any) -> None:
    # Before, for what is deleted takes along by whom it was had.
    gone = [row.id for row in session.deleted if isinstance(row, Tag)]
    if gone:
        with session.no_autoflush:
            _remember(session, set(search_index.posts_of(gone)))


def _note(session: Session, _context: UOWTransaction) -> None:
    changed: set[int] = set()
    for row in session.new:
        changed |= _whose(row)
    for row in session.deleted:
        changed |= values_of(row, "post_id") if isinstance(row, PostTag) else set()
    for row in session.dirty:
        names = _SAID if isinstance(row, Post) else ("tag_id",)
        if isinstance(row, Post | PostTag) and has_changed(row, *names):
            changed |= _whose(row)
    _remember(session, changed)


def _whose(row: Any) -> set[int]:
    if isinstance(row, Post):
        return {row.id}
    return {row.post_id} if isinstance(row, PostTag) else set()


def _remember(session: Session, post_ids: set[int]) -> None:
    if post_ids:
        session.info.setdefault(_KEY, set()).update(post_ids)


def _write(session: Session) -> None:
    session.flush()
    if changed := session.info.pop(_KEY, None):
        relating.mark_due(changed, now())


_LISTENERS: dict[str, Any] = {
    "before_flush": _note_tags,
    "after_flush": _note,
    "before_commit": _write,
    "after_rollback": forgetting(_KEY),
}
