"""What tests of backups do again and again."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import Result
from flask import Flask, current_app

from bluelog import storage
from bluelog.extensions import db
from bluelog.operations.backup.blog import backup_folder, this_blog
from bluelog.operations.backup.layout import Sums
from bluelog.operations.progress import silently

PICTURES = {f"{hashlib.sha256(data).hexdigest()}.png": data for data in (b"one", b"two" * 999)}
PICTURES |= {f"{'a' * 64}-640.webp": b"a variant"}


def flask(app: Flask, *words: str, typed: str | None = None) -> Result:
    """Run a command of an app, which is the one whose storage is in use."""
    storage.use(storage.LocalStorage(app.config["BLUELOG_UPLOAD_PATH"]))
    return app.test_cli_runner().invoke(args=list(words), input=typed)


def backed_up(app: Flask, *words: str) -> Path:
    """The archive of a backup that went well."""
    done = flask(app, "backup", *words)
    assert done.exit_code == 0, done.output
    return archives(app)[-1]


def archives(app: Flask) -> list[Path]:
    return sorted(backup_folder(app.config).glob("bluelog-2*.tar.gz"))


def let_go() -> None:
    """Close every connection of the app whose context this is."""
    db.session.remove()
    db.engine.dispose()


def sums(app: Flask) -> Sums:
    """Every table of an app's database with its rows."""
    with this_blog(app.config).database.snapshot() as snapshot:
        return snapshot.sums(silently)


def restored_sums(app: Flask) -> Sums:
    """The same without the figure that a restore raises, so that no kept page outlives it."""
    return {name: found for name, found in sums(app).items() if name != "content_revision"}


def files(app: Flask) -> dict[str, bytes]:
    """Every upload of an app."""
    folder: Path = app.config["BLUELOG_UPLOAD_PATH"]
    kept = storage.LocalStorage(folder)
    return {name: (folder / name).read_bytes() for name in kept.names()}


def during(label: str, act: Callable[[], object]) -> Callable[[str, int], object]:
    """A progress that does something once, when a step of that name has begun."""
    left = [act]

    @contextmanager
    def progress(name: str, _length: int) -> Iterator[Callable[[int], object]]:
        if name == label and left:
            left.pop()()
        yield lambda _steps: None

    return progress


def stage_of(app: Flask | None = None) -> Path:
    """The folder of what is not finished."""
    (stage,) = backup_folder((app or current_app).config).glob(".making-*")
    return stage
