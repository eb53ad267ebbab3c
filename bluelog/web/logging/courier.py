"""The thread that takes error reports to the mail server."""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from queue import Empty, Full, Queue

from bluelog.web.logging.throttle import Decision, Throttle

log = logging.getLogger(__name__)

Deliver = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """One error, told in full when it happened; equal errors have the same key."""

    key: str
    subject: str
    body: str


class Courier(threading.Thread):
    """Mails reports as the throttle allows, and tells by itself of those it held."""

    def __init__(self, capacity: int, throttle: Throttle, deliver: Deliver) -> None:
        super().__init__(name="error-mail", daemon=True)
        self.pid = os.getpid()
        self._queue: Queue[Report | None] = Queue(capacity)
        self._throttle = throttle
        self._deliver = deliver
        self._held: dict[str, tuple[float, Report]] = {}
        self._dropped = 0  # written by those who submit
        self._dropped_told = 0  # written by this thread
        self._stopping = threading.Event()

    def submit(self, report: Report) -> None:
        """Never waits: what is too much is dropped and counted. One thread at a time may call."""
        try:
            self._queue.put_nowait(report)
        except Full:
            self._dropped += 1

    def stop(self, timeout_seconds: float) -> None:
        """Mail what is queued and what was held, waiting no longer than that."""
        self._stopping.set()
        if self._queue.empty():
            self._queue.put_nowait(None)  # wakes it
        self.join(timeout_seconds)

    def run(self) -> None:
        while not (self._stopping.is_set() and self._queue.empty()):
            report = self._next()
            if report:
                self._take(report)
            self._tell_of_held()
        self._tell_of_held(early=True)

    def _next(self) -> Report | None:
        """The next report, or None when it is time to tell of those that were held."""
        ask_at = min((at for at, _ in self._held.values()), default=inf)
        seconds = None if ask_at == inf else max(0.0, ask_at - self._throttle.clock())
        try:
            return self._queue.get(timeout=seconds)
        except Empty:
            return None

    def _take(self, report: Report) -> None:
        self._act(report, self._throttle.admit(report.key), count=1)

    def _tell_of_held(self, *, early: bool = False) -> None:
        now = self._throttle.clock()
        for ask_at, report in list(self._held.values()):
            if early or ask_at <= now:
                self._act(report, self._throttle.release(report.key, early=early), count=0)

    def _act(self, report: Report, decision: Decision, count: int) -> None:
        """`count` is 1 for a report that is not itself among those held."""
        if decision.is_due:
            decision = self._mail(report, decision, count)
        if decision.held:
            self._held[report.key] = (decision.ask_at, report)
        else:
            self._held.pop(report.key, None)

    def _mail(self, report: Report, decision: Decision, count: int) -> Decision:
        dropped = self._dropped
        note = _note(decision.held, dropped - self._dropped_told, is_latest=count == 0)
        try:
            self._deliver(report.subject, note + report.body)
        except (OSError, ValueError) as error:
            log.warning("Error mail could not be sent: %s", error)
            return self._throttle.take_back(report.key, decision.held + count)
        self._dropped_told = dropped
        return Decision(is_due=False, held=0, ask_at=inf)


def _note(held: int, dropped: int, *, is_latest: bool) -> str:
    lines = []
    if held:
        shown = "this is one of them." if is_latest else "then came this one."
        lines.append(f"Equal errors held back since the last mail: {held}; {shown}")
    else:
        lines.append("Equal errors are held back and counted from now on.")
    if dropped:
        lines.append(f"Reports dropped because too many came at once: {dropped}.")
    return "\n".join([*lines, "", ""])
