"""An access log that tests write, and the worker's reading of it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from bluelog.extensions import db
from bluelog.jobs.reading import Reading
from bluelog.models import MissingAddress, Post, PostRead, Redirect
from bluelog.queries import reads
from tests.conftest import NOW

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Log:
    """A log in nginx's format, and one worker that reads it."""

    def __init__(self, app: Flask, path: Path) -> None:
        self.app, self.path = app, path
        path.touch()
        app.config["BLUELOG_ACCESS_LOG"] = path
        self.begin_anew()

    def begin_anew(self) -> None:
        """As a worker does that was started just now: what it had in memory is gone."""
        self.worker = Reading(self.app)

    def add(self, path: str, **said: Any) -> None:
        with self.path.open("ab") as file:
            file.write(line(path, **said))

    def read(self, at: datetime = NOW) -> int:
        """Read all there is; how many lines that were."""
        total = 0
        while counted := self.worker.on(at):
            total += counted
        return total


def line(
    path: str,
    *,
    status: int = 200,
    address: str = "203.0.113.5",
    agent: str = FIREFOX,
    referrer: str = "-",
    at: datetime = NOW,
    method: str = "GET",
    purpose: str = "-",
) -> bytes:
    return (
        f'{address} [{at.isoformat()}] "{method} {path} HTTP/2.0" {status} 5120 "{referrer}" '
        f'"{agent}" took=0.001 app=0.001 kept=MISS purpose="{purpose}" request=-\n'
    ).encode()


def count_of(post: Post) -> int:
    """How often the post was read, ever."""
    db.session.rollback()
    return reads.totals([post.id]).get(post.id, 0)


def sources_of(post: Post) -> dict[str, int]:
    db.session.rollback()
    rows = db.session.execute(select(PostRead).where(PostRead.post_id == post.id)).scalars()
    return {row.source: row.count for row in rows}


def missed() -> dict[str, int]:
    db.session.rollback()
    return {row.path: row.count for row in db.session.scalars(select(MissingAddress))}


def hits(path: str) -> int:
    db.session.rollback()
    return db.session.scalars(select(Redirect.hits).where(Redirect.path == path)).one()


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)
