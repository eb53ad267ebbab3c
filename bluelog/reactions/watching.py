"""Reading off what a session writes: what a reaction needs that no service has to call.

What is noted along the way lies in `session.info` until the transaction ends.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from bluelog.extensions import db


def watch(listeners: Mapping[str, Callable[..., None]]) -> None:
    """Have them hear of the events of every session of the app; again is as good as once."""
    for name, listener in listeners.items():
        if not event.contains(db.session, name, listener):
            event.listen(db.session, name, listener)


def forgetting(*keys: str) -> Callable[[Session], None]:
    """A listener for rollbacks that drops what was noted under these keys."""

    def forget(session: Session) -> None:
        # Back to a savepoint only: what came before it may yet be committed.
        if not session.in_nested_transaction():
            for key in keys:
                session.info.pop(key, None)

    return forget


def has_changed(row: Any, *names: str) -> bool:
    """Whether this flush writes another value of one of the attributes."""
    state = inspect(row)
    # Whatever was set has its former value there, and little was.
    was_set = [name for name in names if state.manager[name].key in state.committed_state]
    return any(state.attrs[name].history.has_changes() for name in was_set)


def values_of(row: Any, name: str) -> set[Any]:
    """What the attribute was and is, in this flush."""
    return {value for part in inspect(row).attrs[name].history for value in part or ()}
