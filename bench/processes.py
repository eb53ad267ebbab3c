"""Processes on loopback, and what they cost."""

import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_PATIENCE_SECONDS = 60
_LOOK_SECONDS = 3
_TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    command: Sequence[str],
    *,
    environ: dict[str, str],
    cwd: Path,
    log: Path,
    niceness: int | None = None,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a program and stop it, with its children, at the end.

    With a niceness it is a group of its own to the scheduler, as a service is (sched(7), "The
    autogroup feature"), and the niceness is that of the group; without, it is in the caller's.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=environ,
            cwd=cwd,
            stdout=output,
            stderr=output,
            start_new_session=niceness is not None,
        )
    try:
        if niceness is not None:
            Path(f"/proc/{process.pid}/autogroup").write_text(str(niceness))
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str, log: Path, **headers: str) -> float:
    """Ask until it answers 200; the seconds that took."""
    request, began = urllib.request.Request(url, headers=headers), time.perf_counter()
    while time.perf_counter() - began < _PATIENCE_SECONDS:
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                answer.read()
                return time.perf_counter() - began
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.01)
    raise AssertionError(f"{url} does not answer: {log.read_text()[-3000:]}")


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for member in found:
        found.extend(children.get(member, []))
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time that the process and its descendants have used, those that ended as well."""
    return sum(map(_cpu, family(pid)))


def ran_seconds(pid: int) -> float:
    """Processor time of that process alone, to the microsecond; nothing of one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def wait_for_rest(pid: int, most_seconds: float = 300, looks: int = 3) -> bool:
    """Wait until the process and its descendants do next to nothing; whether they came to that.

    A single quiet moment is not enough: between two pictures there may be one.
    """
    end, used, quiet = time.monotonic() + most_seconds, cpu_seconds(pid), 0
    while time.monotonic() < end and quiet < looks:
        time.sleep(_LOOK_SECONDS)
        before, used = used, cpu_seconds(pid)
        # It looks for what is due every second.
        quiet = quiet + 1 if used - before < 0.02 * _LOOK_SECONDS else 0
    return quiet == looks


def pss_bytes(pid: int) -> int:
    """Memory of the process and its descendants, what is shared counted by its share."""
    return sum(map(_pss, family(pid)))


def _parent(entry: Path) -> int | None:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return None


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
