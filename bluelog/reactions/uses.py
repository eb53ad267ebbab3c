"""Which posts show which pictures is kept in step with what a session writes of posts.

It is read off the flush and not left to each service to say, so that none can forget it.
"""

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.services import upload_uses

_SHOWING = ("html", "cover_id")


def register() -> None:
    """Watch every session of the app."""
    if not event.contains(db.session, "after_flush", _keep):
        event.listen(db.session, "after_flush", _keep)


def _keep(session: Session, _context: UOWTransaction) -> None:
    changed = {row.id for row in session.new if isinstance(row, Post) and _shows_any(row)}
    changed |= {row.id for row in session.dirty if isinstance(row, Post) and _shows_others(row)}
    if changed:
        upload_uses.keep(changed)


def _shows_any(post: Post) -> bool:
    return bool(post.cover_id) or "/uploads/" in (post.html or "")


def _shows_others(post: Post) -> bool:
    state = inspect(post)
    return any(state.attrs[name].history.has_changes() for name in _SHOWING)
