"""How much memory programs took at their highest, and not what they have left afterwards."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.managers import workers_of

_FORGET_PEAK = "5"  # Documentation/filesystems/proc.rst, clear_refs


@contextmanager
def peak_above(mains: Iterable[int]) -> Iterator[Callable[[], int]]:
    """How many bytes those main processes and their workers took at most, each above its beginning.

    It is the kernel that keeps the highest, so that none is missed between two looks. A worker that
    ended meanwhile fails the test: what it took is known to nobody.
    """
    pids = [pid for main in mains for pid in (main, *workers_of(main)) if not _ends_soon(pid)]
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text(_FORGET_PEAK)
    before = {pid: _bytes(pid, "VmRSS") for pid in pids}
    yield lambda: sum(max(0, _bytes(pid, "VmHWM") - before[pid]) for pid in pids)


def _ends_soon(pid: int) -> bool:
    """nginx has a process that reads what is kept on disk, a minute after its start."""
    return b"cache loader" in Path(f"/proc/{pid}/cmdline").read_bytes()


def _bytes(pid: int, name: str) -> int:
    found = re.search(
        rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE
    )
    assert found, f"{pid} has ended"
    return int(found[1]) * 1024
