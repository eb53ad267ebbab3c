"""The app and its commands on a clock that a file moves: its seconds are added to the time it is.

`gunicorn tests.e2e.moved_clock:app` and `python -m tests.e2e.moved_clock worker`, with the file's
path in TEST_CLOCK. The clock goes on as ever, and nobody has to wait for what falls due.
"""

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from flask.cli import main

from bluelog import clock


class MovedTime:
    """In place of `datetime` within `bluelog.clock`, the one place that asks what time it is."""

    def now(self, zone: tzinfo) -> datetime:
        seconds = float(Path(os.environ["TEST_CLOCK"]).read_text("utf-8"))
        return datetime.now(zone) + timedelta(seconds=seconds)


clock.datetime = MovedTime()  # type: ignore[misc, assignment]

if __name__ == "__main__":
    main()
else:
    from wsgi import app  # noqa: F401 - for gunicorn
