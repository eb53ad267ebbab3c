"""Where the writers of this process wait for SQLite's one lock."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

# How long a lock of the database is waited for, and how long once that was in vain.
PATIENCE_MS = 5000
SHORT_PATIENCE_MS = 200


class Door:
    """They wait for a lock of their own, which goes on to the next as soon as it is free.

    For the file's own each asks again after ever longer pauses: while new ones come, one who came
    first may never get in.

    Once one of them has waited in vain the next hardly wait, until one gets in again: a thread that
    waits answers no reader.
    """

    def __init__(self) -> None:
        self.is_stuck = False
        self.renew()

    def renew(self) -> None:
        """Give nobody the turn: who had it when the process forked is not in the child."""
        self._turn, self._waited_ms = Lock(), 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep the process's other writers waiting; who waits too long tries without."""
        began = time.monotonic()
        has_turn = self._turn.acquire(timeout=self._patience(PATIENCE_MS) / 1000)
        if has_turn:
            self._waited_ms = int(1000 * (time.monotonic() - began))
        else:
            self.is_stuck = True
        try:
            yield
        finally:
            if has_turn:
                self._turn.release()

    def enter(self, connection: Connection) -> None:
        """Begin to write, with what is left of the patience. Raises OperationalError."""
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout={self._patience(PATIENCE_MS - self._waited_ms)}")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            self.is_stuck = False
        except OperationalError:
            self.is_stuck = True
            raise
        finally:
            driver.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")

    def _patience(self, milliseconds: int) -> int:
        return SHORT_PATIENCE_MS if self.is_stuck else max(SHORT_PATIENCE_MS, milliseconds)


door = Door()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=door.renew)
