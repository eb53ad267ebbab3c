"""A large blog that is backed up while others write, and restored on an empty machine.

    .venv/bin/python -m bench.backup [--megabytes 200] [--writers 2]
        [--database-url URL --empty-url URL]

SQLite in a folder of its own, or two empty PostgreSQL databases. Prints how long each step took
and what the writers saw; exits 1 if a write failed, the backup was not proven, or a table or file
is not as it was.
"""

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select

from bluelog import create_app
from bluelog.extensions import db
from bluelog.models import Comment, Post
from bluelog.operations.backup.blog import this_blog
from bluelog.operations.backup.layout import Header, Manifest, Sums
from bluelog.operations.backup.reading import opened
from bluelog.operations.progress import silently
from bluelog.settings import DevelopmentConfig
from bluelog.uow import unit_of_work

WORDS = (
    "lamp",
    "oil",
    "wick",
    "灯",
    "油",
    "芯",
    "harbour",
    "fog",
    "bell",
    "港",
    "雾",
    "钟",
    "ledger",
)
UPLOADS, UPLOAD_BYTES = 100, 50_000
ROWS_A_BATCH = 2000


@dataclass
class Machine:
    """A data folder and a database, and commands on them."""

    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "FLASK_APP": "bluelog",
            "FLASK_CONFIG": "development",
            "FLASK_SKIP_DOTENV": "1",
            "DATABASE_URL": self.url,
            "BLUELOG_DATA_DIR": str(self.folder),
        }

    def flask(self, *words: str) -> float:
        """Run a command; how many seconds it took. Raises CalledProcessError."""
        began = time.monotonic()
        command = [sys.executable, "-m", "flask", *words]
        subprocess.run(command, check=True, env={**os.environ, **self.environment})
        return time.monotonic() - began

    def app(self) -> Flask:
        return create_app(DevelopmentConfig(self.environment))

    def sums(self) -> Sums:
        with self.app().app_context(), this_blog(self.app().config).database.snapshot() as moment:
            return moment.sums(silently)

    def files(self) -> Sums:
        kept = sorted((self.folder / "uploads").iterdir())
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


@dataclass
class Writing:
    """What the writers saw."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def told(self) -> str:
        times = sorted(self.seconds) or [0.0]
        middle, late = times[len(times) // 2], times[int(len(times) * 0.99)]
        return (
            f"{len(self.seconds)} writes, {len(self.failures)} failed {self.failures[:1]}; "
            f"median {middle:.3f} s, 99% {late:.3f} s, longest {times[-1]:.3f} s"
        )


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--database-url")
    parser.add_argument("--empty-url")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bluelog-bench-") as name:
        full, empty = Path(name) / "full", Path(name) / "empty"
        full.mkdir()
        empty.mkdir()
        here = Machine(full, options.database_url or f"sqlite:///{full}/blog.db")
        there = Machine(empty, options.empty_url or f"sqlite:///{empty}/blog.db")
        fill(here, options.megabytes)
        with writing(here.app(), options.writers) as seen:
            time.sleep(2)
            backup_seconds = here.flask("backup")
            time.sleep(2)
        (archive,) = (full / "backups").glob("bluelog-*.tar.gz")
        restore_seconds = there.flask("restore", str(archive), "--yes", "--as-it-was")
        return report(
            archive,
            here,
            there,
            seen=seen,
            backup_seconds=backup_seconds,
            restore_seconds=restore_seconds,
        )


def fill(machine: Machine, megabytes: int) -> None:
    """Posts by `flask forge`, and comments until the database is as large as is wanted."""
    machine.flask("db", "upgrade")
    machine.flask("forge", "--yes")
    grow(machine, megabytes)
    put_uploads(machine.folder / "uploads")


def grow(machine: Machine, megabytes: int) -> None:
    """Comments on the posts that are there, until the database is as large as is wanted."""
    with machine.app().app_context():
        posts = db.session.scalars(select(Post.id)).all()
        wanted = megabytes * 1_000_000
        database = this_blog(machine.app().config).database
        size = 0
        while size < wanted:
            with unit_of_work():
                db.session.execute(insert(Comment), [comment(posts) for _ in range(ROWS_A_BATCH)])
            with database.snapshot() as moment:
                size = moment.size
        print(f"Database:      {size / 1e6:.0f} MB")
        db.engine.dispose()


def put_uploads(folder: Path) -> None:
    for _ in range(UPLOADS):
        data = random.randbytes(UPLOAD_BYTES)
        (folder / f"{hashlib.sha256(data).hexdigest()}.png").write_bytes(data)


def comment(posts: list[int]) -> dict[str, object]:
    body = " ".join(random.choices(WORDS, k=160)) + f" {random.random()}"
    return {
        "post_id": random.choice(posts),
        "status": "approved",
        "name": "Guest",
        "email": "guest@example.org",
        "body": body,
        "html": f"<p>{body}</p>",
        "created_at": datetime.now(UTC),
    }


@contextmanager
def writing(app: Flask, writers: int) -> Iterator[Writing]:
    """Comments, one transaction each, from several threads, until the block ends."""
    seen, stop = Writing(), threading.Event()
    threads = [threading.Thread(target=write, args=(app, seen, stop)) for _ in range(writers)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def write(app: Flask, seen: Writing, stop: threading.Event) -> None:
    with app.app_context():
        posts = db.session.scalars(select(Post.id)).all()
        while not stop.wait(0.01):
            began = time.monotonic()
            try:
                with unit_of_work():
                    db.session.execute(insert(Comment), [comment(posts)])
            except Exception as error:  # noqa: BLE001  (counted, and the bench fails for it)
                seen.failures.append(repr(error))
            seen.seconds.append(time.monotonic() - began)
        db.session.remove()


def recorded(archive: Path) -> Sums:
    """The sums of the moment that the archive is of."""
    with opened(archive) as members:
        for member in members:
            if member.name == "bluelog.json":
                print(
                    f"Archive:       {archive.stat().st_size / 1e6:.0f} MB packed, database of "
                    f"{Header.loaded(member.data()).database_bytes / 1e6:.0f} MB"
                )
            elif member.name == "manifest.json":
                return Manifest.loaded(member.data()).tables
    return {}


def report(
    archive: Path,
    here: Machine,
    there: Machine,
    *,
    seen: Writing,
    backup_seconds: float,
    restore_seconds: float,
) -> int:
    tables = recorded(archive)
    print(f"Backup:        {backup_seconds:.1f} s, with its proof")
    print(f"Restore:       {restore_seconds:.1f} s, on an empty machine")
    print(f"Meanwhile:     {seen.told()}")
    are_equal = kept(there.sums()) == kept(tables) and there.files() == here.files()
    print(
        f"{len(tables)} tables and {len(here.files())} files are",
        "as they were" if are_equal else "NOT as they were",
    )
    return 0 if are_equal and seen.seconds and not seen.failures else 1


def kept(tables: Sums) -> Sums:
    """All but the figures that a restore moves on, so that pages kept before it are made anew."""
    return {name: found for name, found in tables.items() if name != "content_revision"}


if __name__ == "__main__":
    sys.exit(main())
