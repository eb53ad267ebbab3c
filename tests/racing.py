"""Doing things at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import Select, select, text

from bluelog.extensions import db
from bluelog.models import Post
from tests.postbox import wait_until

PATIENCE_SECONDS = 20
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def at_once(app: Flask, *calls: Callable[[], Any]) -> list[Any]:
    """Make every call in a thread and an app context of its own, all starting together.

    What a call gave or raised stands at its place in the list.
    """
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait(PATIENCE_SECONDS)
            try:
                return call()
            except Exception as error:  # noqa: BLE001  (the test judges it)
                return error

    with ThreadPoolExecutor(len(calls)) as pool:
        outcomes = list(pool.map(run, calls))
    # The caller's own snapshot is from before.
    db.session.rollback()
    return outcomes


def hold(post_id: int, then: Select[Any]) -> Any:
    """Hold the post until someone waits for a row, and take another, which nobody holds: on
    PostgreSQL.
    """
    # What a transaction sees of the others' waiting stays as it was at first.
    watching = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with watching, db.engine.begin() as connection:
        connection.execute(select(Post.id).where(Post.id == post_id).with_for_update())
        wait_until(lambda: watching.scalar(_WAITING))
        return connection.scalar(then.with_for_update(nowait=True))
