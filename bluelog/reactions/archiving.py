"""How many posts are published in each month is kept in step with posts and with the time zone.

It is read off what a session writes, so that no service can forget it, and written at the end of
the transaction.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction

from bluelog.extensions import db
from bluelog.models import Post, PostKind, PostStatus, Site
from bluelog.services import archive

_COUNTED_BY = ("status", "published_at")
_STEPS, _ANEW = "archive_steps", "archive_anew"


def register() -> None:
    """Watch every session of the app."""
    for name, listener in _LISTENERS.items():
        if not event.contains(db.session, name, listener):
            event.listen(db.session, name, listener)


def _look(session: Session, _context: UOWTransaction) -> None:
    steps: Counter[datetime] = session.info.setdefault(_STEPS, Counter())
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Site) and inspect(row).attrs.time_zone.history.has_changes():
            session.info[_ANEW] = True
        if isinstance(row, Post) and _is_moved(session, row) and row.kind == PostKind.POST:
            for step, (status, moment) in zip(
                (-1, 1), _before_and_after(session, row), strict=True
            ):
                if status == PostStatus.PUBLISHED and moment:
                    steps[moment] += step


def _is_moved(session: Session, post: Post) -> bool:
    attributes = inspect(post).attrs
    has_changed = any(attributes[name].history.has_changes() for name in _COUNTED_BY)
    return has_changed or post in session.new or post in session.deleted


def _before_and_after(session: Session, post: Post) -> tuple[list[Any], list[Any]]:
    attributes = inspect(post).attrs
    histories = [attributes[name].history for name in _COUNTED_BY]
    was, now = [], []
    for history in histories:
        was.append((history.deleted or history.unchanged or [None])[0])
        now.append((history.added or history.unchanged or [None])[0])
    none = [None, None]
    return none if post in session.new else was, none if post in session.deleted else now


def _write(session: Session) -> None:
    session.flush()
    steps, anew = session.info.pop(_STEPS, {}), session.info.pop(_ANEW, False)
    if anew:
        archive.count_anew(session)
    elif any(steps.values()):
        archive.add(session, steps)


def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_STEPS, None)
        session.info.pop(_ANEW, None)


_LISTENERS: dict[str, Any] = {
    "after_flush": _look,
    "before_commit": _write,
    "after_rollback": _forget,
}
