"""The only place that asks what time it is."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def unix_seconds() -> float:
    """The same in seconds of Unix time, for what is asked at every request."""
    return time.time()
