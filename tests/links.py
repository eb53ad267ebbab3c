"""Which links were to be mailed."""

from datetime import datetime

import pytest

from bluelog import uow
from bluelog.events import LinkAsked, LinkIssued
from bluelog.services import asked
from tests.conftest import NOW


def answered(at: datetime = NOW) -> None:
    """Have everything answered that was asked for, as the worker does."""
    while asked.answer_next(at):
        pass


def links_issued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of tokens whose links are to be mailed from now on, in place of queued mail."""
    ids: list[int] = []
    listener = [lambda event: ids.append(event.token_id)]
    monkeypatch.setitem(uow._within, LinkIssued, listener)
    for event in (LinkAsked, LinkIssued):
        monkeypatch.setitem(uow._after, event, [])
    return ids
