"""How many posts are published in each month is kept in step with posts and with the time zone.

It is read off what a session writes, so that no service can forget it, and written at the end of
the transaction.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session, UOWTransaction

from bluelog.models import Post, PostKind, PostStatus, Site
from bluelog.reactions.watching import forgetting, has_changed, watch
from bluelog.services import archive

_COUNTED_BY = ("status", "published_at")
_STEPS, _ANEW = "archive_steps", "archive_anew"


def register() -> None:
    """Watch every session of the app."""
    watch(_LISTENERS)


def _look(session: Session, _context: UOWTransaction) -> None:
    steps: Counter[datetime] = session.info.setdefault(_STEPS, Counter())
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Site) and has_changed(row, "time_zone"):
            session.info[_ANEW] = True
        if isinstance(row, Post) and _is_moved(session, row) and row.kind == PostKind.POST:
            for step, (status, moment) in zip(
                (-1, 1), _before_and_after(session, row), strict=True
            ):
                if status == PostStatus.PUBLISHED and moment:
                    steps[moment] += step


def _is_moved(session: Session, post: Post) -> bool:
    return has_changed(post, *_COUNTED_BY) or post in session.new or post in session.deleted


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


_LISTENERS: dict[str, Any] = {
    "after_flush": _look,
    "before_commit": _write,
    "after_rollback": forgetting(_STEPS, _ANEW),
}
