"""How often equal errors may be mailed, by all processes together.

An incident begins with the first of equal errors and lasts a day: a mail at once, one after five
minutes and one after an hour, if there was more to tell by then.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from math import inf
from pathlib import Path

from bluelog.web.logging.files import locked

DELAYS_SECONDS = (300.0, 3600.0)
INCIDENT_SECONDS = 86400.0
_MOST_INCIDENTS = 500


@dataclass
class Incident:
    began: float
    mails: int = 0
    held: int = 0
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to mail now, how many were held since the last mail, when to ask again."""

    is_due: bool
    held: int
    ask_at: float


@dataclass
class Throttle:
    """Counts in the file `path`, or alone in this process where the disk refuses."""

    path: Path
    delays: tuple[float, ...] = DELAYS_SECONDS
    clock: Callable[[], float] = time.time
    _incidents: dict[str, Incident] = field(default_factory=dict)
    _is_alone: bool = False  # what the file holds is older than what is known here

    def admit(self, key: str) -> Decision:
        """Count one more error; it is to be mailed, or else held."""
        return self._update(lambda: self._admit(key, self.clock()))

    def release(self, key: str, *, early: bool = False) -> Decision:
        """Whether to mail what was held. `early` brings the second mail forward, at a shutdown."""
        return self._update(lambda: self._release(key, self.clock(), early=early))

    def take_back(self, key: str, held: int) -> Decision:
        """Undo a decision whose mail could not be sent; try again after the first delay."""
        return self._update(lambda: self._take_back(key, held, self.clock()))

    def _admit(self, key: str, now: float) -> Decision:
        known = self._incidents.get(key)
        if known is None or not known.began <= now < known.began + INCIDENT_SECONDS:
            known = Incident(began=now, held=known.held if known else 0)
            self._incidents[key] = known
        if now >= known.due:
            return self._open_gate(known, now)
        known.held += 1
        return Decision(is_due=False, held=known.held, ask_at=known.due)

    def _release(self, key: str, now: float, *, early: bool) -> Decision:
        known = self._incidents.get(key)
        if known is None or not known.held:
            return Decision(is_due=False, held=0, ask_at=inf)
        if now >= known.due or (early and known.mails <= 1):
            return self._open_gate(known, now)
        return Decision(is_due=False, held=known.held, ask_at=known.due)

    def _open_gate(self, incident: Incident, now: float) -> Decision:
        """The delays count from the incident's beginning, but mails never follow on one another."""
        held, incident.held = incident.held, 0
        later = self.delays[incident.mails :]
        incident.due = max(incident.began + later[0], now + self.delays[0]) if later else inf
        incident.mails += 1
        return Decision(is_due=True, held=held, ask_at=incident.due)

    def _take_back(self, key: str, held: int, now: float) -> Decision:
        known = self._incidents.setdefault(key, Incident(began=now, mails=1))
        known.mails -= 1
        known.held += held
        known.due = now + self.delays[0]
        return Decision(is_due=False, held=known.held, ask_at=known.due)

    def _update(self, decide: Callable[[], Decision]) -> Decision:
        decision = None
        try:
            with locked(self.path.with_suffix(".lock")):
                self._incidents = _read(self.path) | (self._incidents if self._is_alone else {})
                decision = decide()
                _write(self.path, self._incidents)
                self._is_alone = False
        except OSError:
            self._is_alone = True
            decision = decision or decide()
        return decision


def _read(path: Path) -> dict[str, Incident]:
    """A file that is missing or damaged holds nothing: one mail too many is the better mistake."""
    try:
        rows = json.loads(path.read_text("utf-8"))
        return {key: Incident(**row) for key, row in rows.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def _write(path: Path, incidents: dict[str, Incident]) -> None:
    """Whole or not at all: on a full disk an emptied file would let every error be mailed."""
    newest = sorted(incidents.items(), key=lambda pair: pair[1].began)[-_MOST_INCIDENTS:]
    text = json.dumps({key: asdict(incident) for key, incident in newest})
    new = path.with_suffix(".new")
    try:
        new.write_text(text, "utf-8")
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
