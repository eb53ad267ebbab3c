"""Finding out what posts are related, in a part of each second: the rest is for readers."""

import time
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from bluelog.services import relating

_KEY = "bluelog_relating"
_WORK_SECONDS, _REST_SECONDS = 0.3, 0.6


@dataclass
class _Pace:
    """How long this process has worked since it rested, and until when it rests."""

    worked: float = 0.0
    rests_until: float = 0.0


def relate_next(at: datetime) -> int:
    """Find out what is related to one post, unless it is time to rest."""
    pace, began = _pace(), time.monotonic()
    if began < pace.rests_until:
        return 0
    done = relating.relate_next(at)
    ended = time.monotonic()
    pace.worked += ended - began
    if pace.worked >= _WORK_SECONDS:
        pace.worked, pace.rests_until = 0.0, ended + _REST_SECONDS
    return done


def _pace() -> _Pace:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    found: _Pace = app.extensions.setdefault(_KEY, _Pace())
    return found
