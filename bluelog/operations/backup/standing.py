"""How a blog stands with its backups, for those who run it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from bluelog.operations.backup.record import Outcome, latest

STALE_AFTER = timedelta(days=2)


class State(StrEnum):
    """What the last run of `flask backup` left."""

    NONE = "none"
    FAILED = "failed"
    OLD = "old"
    PROVEN = "proven"


@dataclass(frozen=True)
class Standing:
    """The state, the outcome it follows from, and whether something is to be done."""

    state: State
    outcome: Outcome | None
    is_urgent: bool


def standing(folder: Path, now: datetime, *, is_production: bool) -> Standing:
    """How it stands; elsewhere than in production, neither a first backup nor a new one is due."""
    outcome = latest(folder)
    if outcome is None:
        return Standing(State.NONE, None, is_production)
    if outcome.error or not outcome.is_proven:
        return Standing(State.FAILED, outcome, is_urgent=True)
    if is_production and now - outcome.at > STALE_AFTER:
        return Standing(State.OLD, outcome, is_urgent=True)
    return Standing(State.PROVEN, outcome, is_urgent=False)
