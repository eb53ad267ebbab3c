"""What the worker runs, and when."""

from bluelog.jobs.due import run_due
from bluelog.jobs.loop import init_app, work

__all__ = ["init_app", "run_due", "work"]
