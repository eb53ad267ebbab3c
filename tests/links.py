"""Which links were to be mailed."""

import pytest

from bluelog import uow
from bluelog.events import LinkIssued


def links_issued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of tokens whose links are to be mailed from now on, in place of queued mail."""
    ids: list[int] = []
    listener = [lambda event: ids.append(event.token_id)]
    monkeypatch.setitem(uow._within, LinkIssued, listener)
    monkeypatch.setitem(uow._after, LinkIssued, [])
    return ids
