"""Who decides about a comment is kept in step with the comment and with its post's authors.

It is read off what a session writes, so that no service can forget it. What is deleted takes its
rows along by itself. They are written after the comment, so that whoever does so has locked it.
"""

from collections.abc import Iterator

from sqlalchemy import Executable
from sqlalchemy.orm import Session, UOWTransaction

from bluelog.models import Comment, PostAuthor
from bluelog.queries.portions import in_portions
from bluelog.reactions.watching import has_changed, values_of, watch
from bluelog.services import moderators

_KEY = ("post_id", "user_id")


def register() -> None:
    """Watch every session of the app."""
    watch({"after_flush": _keep})


def _keep(session: Session, _context: UOWTransaction) -> None:
    for statement, ids in _statements(session):
        for some in in_portions(sorted(ids)):
            # On the connection: a session takes no statement of its own while it is flushed.
            session.connection().execute(statement, {"ids": some})


def _statements(session: Session) -> Iterator[tuple[Executable, set[int]]]:
    new = {row.id for row in session.new if isinstance(row, Comment)}
    changed = [row for row in session.dirty if isinstance(row, Comment)]
    restated = {row.id for row in changed if has_changed(row, "status", "from_staff")}
    moved = {row.id for row in changed if has_changed(row, "post_id")}
    yield moderators.restated(), restated
    for column, ids in (("id", moved), ("post_id", _reassigned(session))):
        yield moderators.removed(column), ids
        yield moderators.added(column), ids
    yield moderators.added("id"), new


def _reassigned(session: Session) -> set[int]:
    """The posts that gained or lost an author."""
    rows = (*session.new, *session.dirty, *session.deleted)
    authors = [row for row in rows if isinstance(row, PostAuthor)]
    touched = [row for row in authors if row in session.deleted or has_changed(row, *_KEY)]
    return {post_id for row in touched for post_id in values_of(row, "post_id")}
