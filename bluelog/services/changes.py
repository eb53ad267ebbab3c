"""Undoing."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.models import AuditEvent, User
from bluelog.services import comments, posts
from bluelog.uow import unit_of_work

Undo = Callable[..., object]
_UNDO: dict[str, Undo] = {"comment": comments.put_back, "post": posts.put_back}


def reverse(audit_id: int, *, by: User, at: datetime) -> AuditEvent:
    """Give everything the act touched its former state, once, and only to who did it."""
    with unit_of_work():
        query = select(AuditEvent).where(AuditEvent.id == audit_id, AuditEvent.actor_id == by.id)
        act: AuditEvent | None = db.session.scalar(query.with_for_update())
        if act is None or not act.before or act.subject not in _UNDO:
            raise NotFound
        if act.reversed_at is None:
            _UNDO[act.subject](act.before, by=by, at=at)
            act.reversed_at = at
    return act
