"""What the tests with real servers share."""

import os
import socket
from collections.abc import Mapping

import pytest


def need_all(is_there: Mapping[str, bool], advice: str) -> None:
    """Leave a test out where something is missing; in CI, where all must be there, fail."""
    missing = [name for name, found in is_there.items() if not found]
    if not missing:
        return
    words = f"{' and '.join(missing)} not found. To add: {advice}"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nothing listens on, all different."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    found = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return found
