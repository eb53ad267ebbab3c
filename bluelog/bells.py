"""The ways to ring for the worker. Loading this loads huey, and with it what drivers are there.

`extensions.queue` does so at the first ring: who only reads has none.
"""

import logging
import time
from pathlib import Path
from typing import Any

from huey import Huey, MemoryHuey, RedisHuey, SqliteHuey

from bluelog.outage import Outage

log = logging.getLogger(__name__)

_NAME = "bluelog"
_LISTEN_AGAIN_SECONDS = 1.0


class RedisBell(RedisHuey):  # type: ignore[misc]
    """Without a traceback a second while the server is away."""

    outage = Outage()

    def dequeue(self) -> Any:
        try:
            task = super().dequeue()
        except Exception as error:  # noqa: BLE001  (the sweep does what is due meanwhile)
            self._tell(error)
            time.sleep(_LISTEN_AGAIN_SECONDS)
            return None
        if self.outage.answered():
            log.warning("Rings for the worker are heard again.")
        return task

    def execute(self, task: Any, timestamp: Any = None) -> Any:
        try:
            return super().execute(task, timestamp)
        except Exception as error:  # noqa: BLE001  (our work raises nothing: it is the server)
            self._tell(error)

    def read_schedule(self, timestamp: Any = None) -> list[Any]:  # noqa: ARG002
        """Nothing is ever scheduled here: when something falls due stands in the tables."""
        return []

    def _tell(self, error: Exception) -> None:
        if self.outage.failed():
            log.warning("No ring is heard; due work is looked for once a second: %s", error)


def in_memory() -> Huey:
    """A bell that only this process hears."""
    return MemoryHuey(_NAME, results=False)


def in_file(folder: Path) -> Huey:
    """A bell for the processes of this machine."""
    return SqliteHuey(_NAME, results=False, filename=str(folder / "queue.db"))


def on_redis(connections: Any) -> Huey:
    """A bell for every machine that reaches that server."""
    return RedisBell(_NAME, results=False, connection_pool=connections)
