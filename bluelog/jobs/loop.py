"""The worker: it listens for the bell, and looks once a second whether it was rung or not."""

import logging
import time
from functools import partial
from threading import Event, Lock, Thread

from flask import Flask

from bluelog import clock
from bluelog.extensions import queue
from bluelog.jobs.due import run_due

log = logging.getLogger(__name__)

_SWEEP_SECONDS = 1.0
_SWEEP_AFTER_FAILURE_SECONDS = 10.0
_LOOK_SECONDS = 0.2
_GRACE_SECONDS = 5.0

_one_at_a_time = Lock()


def init_app(app: Flask) -> None:
    """Say what a ring of the bell does in this process, once something listens."""
    queue.work = partial(_run, app, Event())


def work(app: Flask, stop: Event) -> None:
    """Do what falls due until `stop` is set, then end within a few seconds."""
    from bluelog.jobs.listener import Listener

    queue.work = partial(_run, app, stop)
    logging.getLogger("huey").setLevel(logging.WARNING)
    # Rings from when nobody listened are dropped: the first sweep finds what they were about.
    queue.forget_rings()
    listener = Listener(
        queue.huey, workers=1, periodic=False, max_delay=1.0, shutdown_timeout=_GRACE_SECONDS
    )
    sweeper = Thread(target=_sweep, args=(app, stop), name="sweep", daemon=True)
    listener.start()
    sweeper.start()
    # Waiting on `stop` itself could deadlock with a signal handler that sets it in this thread.
    while not stop.is_set():
        time.sleep(_LOOK_SECONDS)
    ends_at = time.monotonic() + _GRACE_SECONDS
    listener.stop(graceful=True)
    sweeper.join(max(0.0, ends_at - time.monotonic()))


def _sweep(app: Flask, stop: Event) -> None:
    went_well = True
    while not stop.wait(_SWEEP_SECONDS if went_well else _SWEEP_AFTER_FAILURE_SECONDS):
        went_well = _run(app, stop)


def _run(app: Flask, stop: Event) -> bool:
    """Do what is due now. A failure is logged, and nothing is lost by it."""
    with _one_at_a_time, app.app_context():
        try:
            run_due(clock.now(), stop)
        except Exception:
            log.exception("The worker goes on after a failure.")
            return False
        return True
