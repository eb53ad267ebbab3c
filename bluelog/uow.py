"""The one transaction of a change, and what follows from what was recorded in it."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bluelog.events import Event
from bluelog.extensions import db, turn_to_write

log = logging.getLogger(__name__)

Reaction = Callable[[Any], None]
_within: defaultdict[type[Event], list[Reaction]] = defaultdict(list)
_after: defaultdict[type[Event], list[Reaction]] = defaultdict(list)


def on(event: type[Event], reaction: Reaction, *, after: bool = False) -> None:
    """Call `reaction` for each recorded `event`: inside the transaction, or after its commit.

    One after the commit may only wake others up: its failure is logged, never raised.
    """
    reactions = (_after if after else _within)[event]
    if reaction not in reactions:
        reactions.append(reaction)


def record(event: Event) -> None:
    """Say that something happened in the unit of work that is open."""
    db.session.info["events"].append(event)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Open the write transaction, run the reactions at its end, commit.

    The read snapshot of the request ends here: every row loaded before is stale afterwards, and
    what a rule depends on is read again inside.
    """
    session = db.session
    if "events" in session.info:
        raise RuntimeError("a unit of work is open already")
    session.rollback()
    events: list[Event] = []
    session.info["events"] = events
    try:
        with turn_to_write():
            yield from _in_transaction(events)
    finally:
        del session.info["events"]
    _follow(events)


def _in_transaction(events: list[Event]) -> Iterator[None]:
    session = db.session
    try:
        session.connection(execution_options={"bluelog_writes": True})
        yield
        for event in events:
            for reaction in _within[type(event)]:
                reaction(event)
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _follow(events: list[Event]) -> None:
    for event in events:
        for reaction in _after[type(event)]:
            try:
                reaction(event)
            except Exception:
                log.exception("A reaction to %s failed after its commit.", type(event).__name__)
