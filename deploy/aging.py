"""Which process runs since before something it was started with was changed."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

_STARTED_AT = 19  # of what /proc/<pid>/stat says after the name, in ticks since the machine started
_GRAIN_SECONDS = 0.05  # a process is counted as older than it is by less than that


def is_outdated(pid: int, files: Iterable[Path]) -> bool:
    """Whether that process is older than what one of the files says now.

    Asked of the process itself, so that it holds whoever changed the file, and whichever run of
    the installer was cut off before it could restart anything.
    """
    age = _age(pid)
    changes = (path.stat().st_ctime for path in files if path.exists())
    if age is None:
        return False
    return any(time.time() - changed_at < age - _GRAIN_SECONDS for changed_at in changes)


def _age(pid: int) -> float | None:
    """How many seconds a process runs; None where there is none."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    ticks = os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - int(said[_STARTED_AT]) / ticks
