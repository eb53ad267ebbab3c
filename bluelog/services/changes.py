"""Undoing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.models import AuditEvent, User
from bluelog.services import comments, library, several
from bluelog.uow import unit_of_work

Undo = Callable[..., int]
_UNDO: dict[str, Undo] = {
    "comment": comments.put_back,
    "post": several.put_back,
    "upload": library.put_back,
}


@dataclass(frozen=True)
class Reversal:
    """How much of what an act touched is as before, and how much was changed since."""

    done: int
    left: int


def reverse(audit_id: int, *, by: User, at: datetime) -> Reversal:
    """Give what the act touched its former state, once, for who did it.

    What is no longer as the act left it stays as it is.
    """
    with unit_of_work():
        query = select(AuditEvent).where(AuditEvent.id == audit_id, AuditEvent.actor_id == by.id)
        act: AuditEvent | None = db.session.scalar(query.with_for_update())
        if act is None or not act.before or act.subject not in _UNDO:
            raise NotFound
        all_of_it = done = len(act.before)
        if act.reversed_at is None:
            left_in = act.action.rpartition(".")[2]
            done = _UNDO[act.subject](act.before, left_in, by=by, at=at)
            act.reversed_at = at
    return Reversal(done, all_of_it - done)
