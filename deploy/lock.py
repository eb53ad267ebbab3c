"""One at a time: whoever changes the blog on this machine holds the lock until the end."""

import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.hand import Failed

LOCK = Path("/run/bluelog-upgrade.lock")


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock, also when the terminal is gone. Raises Failed where somebody else has it."""
    if os.geteuid():
        raise Failed("Only root can do this. Put sudo before the command.")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with LOCK.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failed("An installation or upgrade is under way. Wait for its end.") from error
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Go on although somebody wants an end: going back must not stop halfway.

    Ctrl-C reaches every program of a terminal, so what is run here ignores it as well.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
