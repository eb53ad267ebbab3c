"""Runs deploy/upgrade or deploy/rollback as it is installed, and kills it at one point.

cut_off.py POINT COMMAND WORDS...: a point is "module.function after 2", the second time that the
module calls it. What an upgrade does before it steps over is left out: it changes nothing.
"""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def main(point: str, command: str) -> int:
    sys.path.insert(0, "/opt/bluelog/current")
    sys.dont_write_bytecode = True
    upgrading: Any = import_module("deploy.upgrading")
    upgrading.rehearse = lambda *_: []
    upgrading.back_up = import_module("deploy.rolling_back").back_up = lambda _: Path("none")
    name, when, count = point.split()
    holder, _, function = name.rpartition(".")
    module: Any = import_module(f"deploy.{holder}")
    setattr(module, function, _deadly(getattr(module, function), when, int(count)))
    return int(upgrading.main(command))


def _deadly(act: Callable[..., Any], when: str, count: int) -> Callable[..., Any]:
    calls = 0

    def call(*words: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if (calls, when) == (count, "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        found = act(*words, **named)
        if (calls, when) == (count, "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    return call


if __name__ == "__main__":
    at, *sys.argv = sys.argv[1:]
    sys.exit(main(at, sys.argv[0]))
