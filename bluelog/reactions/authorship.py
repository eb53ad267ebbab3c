"""What authors' lists are ordered and chosen by is kept in step with their posts.

It is read off what a session writes, so that no service can forget it.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session, UOWTransaction

from bluelog.models import Post, PostAuthor
from bluelog.reactions.watching import has_changed, watch

_COPIED = ("status", "updated_at")


def register() -> None:
    """Watch every session of the app."""
    watch({"after_flush": _copy})


def _copy(session: Session, _context: UOWTransaction) -> None:
    changed = {row.post_id for row in session.new if isinstance(row, PostAuthor)}
    changed |= {
        row.id for row in session.dirty if isinstance(row, Post) and has_changed(row, *_COPIED)
    }
    if changed:
        rows = update(PostAuthor).where(PostAuthor.post_id.in_(sorted(changed)))
        values = {"status": _of_its_post(Post.status), "edited_at": _of_its_post(Post.updated_at)}
        # On the connection: a session takes no statement of its own while it is flushed.
        session.connection().execute(rows.values(values))


def _of_its_post(column: object) -> object:
    return select(column).where(Post.id == PostAuthor.post_id).scalar_subquery()  # type: ignore[call-overload]
