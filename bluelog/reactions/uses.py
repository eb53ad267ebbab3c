"""Which posts show which pictures is kept in step with what a session writes of posts, and what
their earlier versions show with these.

It is read off the flush and not left to each service to say, so that none can forget it.
"""

from sqlalchemy.orm import Session, UOWTransaction

from bluelog.models import Post, Revision
from bluelog.reactions.watching import has_changed, watch
from bluelog.services import upload_uses

_SHOWING = ("html", "cover_id")


def register() -> None:
    """Watch every session of the app."""
    watch({"after_flush": _keep})


def _keep(session: Session, _context: UOWTransaction) -> None:
    changed = {row.id for row in session.new if isinstance(row, Post) and _shows_any(row)}
    changed |= {
        row.id for row in session.dirty if isinstance(row, Post) and has_changed(row, *_SHOWING)
    }
    if changed:
        upload_uses.keep(changed)
    upload_uses.keep_former(row for row in session.new if isinstance(row, Revision))


def _shows_any(post: Post) -> bool:
    return bool(post.cover_id) or "/uploads/" in (post.html or "")
