"""What `wrk` measures of one address."""

import re
import subprocess
from dataclasses import dataclass

_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True)
class Figures:
    """Requests a second; milliseconds at the median and the 99th percentile; failures."""

    rate: float
    p50: float
    p99: float
    requests: int
    failures: int


def measure(url: str, *, seconds: float, connections: int, headers: dict[str, str]) -> Figures:
    """Ask the address over `connections` kept-alive connections of one thread."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    requests = re.search(r"(\d+) requests in", said)
    assert rate is not None, said
    assert requests is not None, said
    return Figures(
        rate=float(rate[1]),
        p50=_percentile(said, 50),
        p99=_percentile(said, 99),
        requests=int(requests[1]),
        failures=_failures(said),
    )


def _percentile(said: str, percent: int) -> float:
    found = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)", said, re.MULTILINE)
    assert found, said
    return float(found[1]) * _UNITS[found[2]]


def _failures(said: str) -> int:
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    socket = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    return int(refused[1] if refused else 0) + sum(map(int, socket.groups() if socket else ()))
