"""Killed without warning, a backup leaves no archive that looks good, a restore no mix."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from bluelog.extensions import db
from bluelog.models import Link
from bluelog.operations.backup import record
from bluelog.operations.backup.blog import backup_folder, this_blog
from bluelog.operations.backup.unpacking import unpack
from bluelog.operations.progress import silently
from bluelog.uow import unit_of_work
from tests.databases import POSTGRES
from tests.integration.backup.steps import archives, backed_up, files, flask, let_go, restored_sums

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[3]
ROWS = 20_000  # enough for a moment in every step

# Replaces a database by a copy, page by page, and dies after so many steps.
DYING = """
import os, sys
from pathlib import Path
from bluelog.operations.backup.databases import sqlite

left, copy = int(sys.argv[1]), sqlite._copy

def step(_pages):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), 9)

sqlite._PAGES_A_STEP = 100
sqlite._copy = lambda source, target: copy(source, target, step)
sqlite.SQLite(Path(sys.argv[2])).replace(Path(sys.argv[3]), (), Path())
"""


@pytest.fixture
def large(blog: Flask) -> Flask:
    with unit_of_work():
        rows = [{"name": f"{n}", "url": f"https://{n}.example/{'x' * 200}"} for n in range(ROWS)]
        db.session.execute(db.insert(Link), rows)
    let_go()
    return blog


def killed(app: Flask, *words: str, after: str, turn: int, pause: float) -> bool:
    """Run a command and kill it a moment after a step began; whether that was before its end."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    settings = {
        "FLASK_APP": "bluelog",
        "FLASK_CONFIG": "development",
        "FLASK_SKIP_DOTENV": "1",
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": url,
        "BLUELOG_DATA_DIR": str(app.config["BLUELOG_DATA_DIR"]),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", *words],
        cwd=PROJECT,
        env={name: os.environ[name] for name in ("PATH", "HOME")} | settings,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    for line in process.stdout:
        turn -= line.startswith(after)
        if not turn:
            break
    time.sleep(pause)
    process.kill()
    process.communicate()
    # A program of PostgreSQL that was begun goes on alone, and ends its transaction or not.
    wait_for_programs(app)
    return process.returncode == -signal.SIGKILL


def scratch_databases() -> list[str]:
    """The databases that were made beside this one and are still there."""
    if not POSTGRES:
        return []
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, current_database() || '_')"
    return list(db.session.scalars(db.text(query)))


def wait_for_programs(app: Flask) -> None:
    ends_at = time.monotonic() + 30
    while POSTGRES and this_blog(app.config).database.users():
        assert time.monotonic() < ends_at
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("after", "turn"),
    [
        ("Reading", 1),
        ("Copying", 1),
        ("Database", 2),
        ("Uploads", 1),
        ("Checking", 1),
        ("Reading", 2),
    ],
)
def test_a_killed_backup_leaves_no_archive_that_looks_good(
    large: Flask, tmp_path: Path, after: str, turn: int
) -> None:
    good = backed_up(large)
    before = record.latest(good.parent)
    assert killed(large, "backup", after=after, turn=turn, pause=0.02)
    for number, archive in enumerate(set(archives(large)) - {good}):
        stage = tmp_path / f"stage-{number}"
        stage.mkdir()
        unpack(archive, stage, "postgresql" if POSTGRES else "sqlite", silently)
    assert good.exists()
    assert record.latest(good.parent) == before
    # The next run clears away what was left, also beside the database.
    assert backed_up(large)
    assert not list(backup_folder(large.config).glob(".making-*"))
    assert scratch_databases() == []


@pytest.mark.parametrize(
    ("after", "turn", "pause"),
    [
        ("Checking", 1, 0.05),
        ("Reading", 1, 0.05),
        ("Database", 2, 0.05),
        ("Reading", 3, 0.05),
        *[("Uploads", 1, pause) for pause in (0.0, 0.05, 0.08, 0.1, 0.12, 0.15, 0.3)],
    ],
)
def test_a_killed_restore_leaves_the_old_or_the_new_state(
    large: Flask, after: str, turn: int, pause: float
) -> None:
    archive = backed_up(large)
    then, then_files = restored_sums(large), files(large)
    with unit_of_work():
        db.session.execute(db.delete(Link).where(Link.id % 2 == 0))
        db.session.add(Link(name="Later", url="https://later.example"))
    let_go()
    later = restored_sums(large)
    words = ("restore", str(archive), "--yes", "--as-it-was")
    killed(large, *words, after=after, turn=turn, pause=pause)
    assert restored_sums(large) in (then, later)
    assert files(large) == then_files
    assert flask(large, *words).exit_code == 0
    assert restored_sums(large) == then


@pytest.mark.skipif(bool(POSTGRES), reason="there psql's transaction is the only step")
def test_killed_while_pages_are_copied_the_old_state_is_there(large: Flask, tmp_path: Path) -> None:
    path = Path(db.engine.url.database or "")
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    with unit_of_work():
        db.session.execute(db.update(Link).values(name="later"))
    let_go()
    later = restored_sums(large)
    steps = path.stat().st_size // 4096 // 100
    assert steps > 5
    for step in (1, 2, steps // 2, steps - 1, steps):
        words = [sys.executable, "-c", DYING, str(step), str(path), str(copy)]
        assert subprocess.run(words, cwd=PROJECT, check=False).returncode == -signal.SIGKILL
        assert restored_sums(large) == later
