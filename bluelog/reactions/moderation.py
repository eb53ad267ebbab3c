"""Who decides about a comment is kept in step with the comment and with its post's authors.

It is read off what a session writes, so that no service can forget it. What is deleted takes its
rows along by itself. They are written after the comment, so that whoever does so has locked it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, event, inspect
from sqlalchemy.orm import InstrumentedAttribute, Session, UOWTransaction

from bluelog.extensions import db
from bluelog.models import Comment, PostAuthor
from bluelog.services import moderators

_PORTION = 500  # rows that one statement names, far below what either database takes
_KEY = ("post_id", "user_id")


def register() -> None:
    """Watch every session of the app."""
    if not event.contains(db.session, "after_flush", _keep):
        event.listen(db.session, "after_flush", _keep)


def _keep(session: Session, _context: UOWTransaction) -> None:
    for statement in _statements(session):
        # On the connection: a session takes no statement of its own while it is flushed.
        session.connection().execute(statement)


def _statements(session: Session) -> Iterator[Any]:
    new = {row.id for row in session.new if isinstance(row, Comment)}
    changed = [row for row in session.dirty if isinstance(row, Comment)]
    restated = {row.id for row in changed if _has_changed(row, "status", "from_staff")}
    moved = {row.id for row in changed if _has_changed(row, "post_id")}
    yield from map(moderators.restated, _portions(restated))
    for which in (*_those(Comment.id, moved), *_those(Comment.post_id, _reassigned(session))):
        yield moderators.removed(which)
        yield moderators.added(which)
    yield from map(moderators.added, _those(Comment.id, new))


def _reassigned(session: Session) -> set[int]:
    """The posts that gained or lost an author."""
    rows = (*session.new, *session.dirty, *session.deleted)
    authors = [row for row in rows if isinstance(row, PostAuthor)]
    touched = [row for row in authors if row in session.deleted or _has_changed(row, *_KEY)]
    return {post_id for row in touched for post_id in _values(row, "post_id")}


def _those(column: InstrumentedAttribute[int], ids: set[int]) -> Iterator[ColumnElement[bool]]:
    return (column.in_(some) for some in _portions(ids))


def _portions(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + _PORTION] for start in range(0, len(ordered), _PORTION))


def _has_changed(row: Any, *names: str) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in names)


def _values(row: Any, name: str) -> set[Any]:
    """What the attribute was and is, in this flush."""
    return {value for part in inspect(row).attrs[name].history for value in part or ()}
