"""The app and its commands on a clock that a file moves: its seconds are added to the time it is.

`gunicorn tests.e2e.moved_clock:app` and `python -m tests.e2e.moved_clock worker`, with the file's
path in TEST_CLOCK. The clock goes on as ever, and nobody has to wait for what falls due.
"""

import os
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from flask.cli import main

from bluelog import clock


class MovedTime:
    """In place of what `bluelog.clock`, the one place that asks, asks what time it is."""

    def now(self, zone: tzinfo) -> datetime:
        return datetime.now(zone) + timedelta(seconds=self._moved)

    def time(self) -> float:
        return time.time() + self._moved

    @property
    def _moved(self) -> float:
        return float(Path(os.environ["TEST_CLOCK"]).read_text("utf-8"))


moved: Any = MovedTime()
clock.datetime = clock.time = moved

if __name__ == "__main__":
    main()
else:
    from wsgi import app  # noqa: F401 - for gunicorn
