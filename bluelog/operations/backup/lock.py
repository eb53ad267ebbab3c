"""One backup or restore at a time."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bluelog.operations.backup.layout import Busy

_PAUSE_SECONDS = 0.2

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def alone(folder: Path, *, patience: timedelta = timedelta(0)) -> Iterator[None]:
    """Hold the folder of backups against every other process; a killed one lets go of it.

    Raises Busy where another one still has it when the patience is at its end.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _wait_for_lock(descriptor, patience)
        yield
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int, patience: timedelta) -> None:
    ends_at = time.monotonic() + patience.total_seconds()
    while True:
        try:
            _lock(descriptor)
        except OSError as error:
            if time.monotonic() >= ends_at:
                raise Busy("Another backup or restore is running.") from error
            time.sleep(_PAUSE_SECONDS)
        else:
            return
