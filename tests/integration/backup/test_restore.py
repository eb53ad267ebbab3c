"""`flask restore`: back from a lost disk, back in time, and back again."""

import errno
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from bluelog import clock, extensions
from bluelog.cli import backups
from bluelog.extensions import MIGRATIONS, db
from bluelog.jobs.due import WORKER_SEEN
from bluelog.models import Comment, Counter, Link, Token, TokenPurpose, User, UserSession
from bluelog.operations.backup.blog import backup_folder
from bluelog.operations.backup.databases import sqlite
from bluelog.operations.backup.lock import alone
from bluelog.operations.migrations import newest
from bluelog.queries import revisions
from bluelog.services import tokens
from bluelog.storage import LocalStorage
from bluelog.uow import unit_of_work
from tests.databases import POSTGRES
from tests.integration.backup.conftest import is_quiet
from tests.integration.backup.steps import PICTURES, backed_up, files, flask, let_go, restored_sums

NOT_SQLITE = pytest.mark.skipif(bool(POSTGRES), reason="a server keeps its files to itself")
CHANGED_AFTERWARDS = {"user_session", "token", "outgoing_mail"}

MIGRATION = """
from alembic import op

revision = "{revision}"
down_revision = "{after}"


def upgrade():
    op.execute("UPDATE link SET name = 'migrated'")


def downgrade():
    pass
"""


@pytest.fixture
def archive(blog: Flask, tmp_path: Path) -> Path:
    """A backup of the blog, kept on another disk."""
    return shutil.copy(backed_up(blog), tmp_path / "kept.tar.gz")


@pytest.fixture
def empty(empty_machine: Callable[[], Flask]) -> Iterator[Flask]:
    """The context of an app on an empty machine."""
    app = empty_machine()
    with app.app_context():
        yield app
        let_go()


def change(app: Flask) -> None:
    """Write as people do: lose the comments, add a link and a picture."""
    with unit_of_work():
        db.session.execute(db.delete(Comment))
        db.session.add(Link(name="New", url="https://new.example"))
    (app.config["BLUELOG_UPLOAD_PATH"] / f"{'c' * 64}.gif").write_bytes(b"new")
    let_go()


def way_back(output: str) -> list[str]:
    """The one command that is printed, without its first word."""
    (line,) = [line for line in output.splitlines() if line.startswith("To go back:")]
    return line.removeprefix("To go back:").split()[1:]


class TestEmptyMachine:
    def test_every_table_and_file_is_as_it_was(
        self, blog: Flask, archive: Path, empty: Flask
    ) -> None:
        done = flask(empty, "restore", str(archive), "--yes", "--as-it-was")
        assert done.exit_code == 0, done.output
        assert restored_sums(empty) == restored_sums(blog)
        assert files(empty) == files(blog)
        assert "To go back" not in done.output

    def test_what_must_not_come_back_is_all_that_differs(
        self, blog: Flask, archive: Path, empty: Flask
    ) -> None:
        assert flask(empty, "restore", str(archive), "--yes").exit_code == 0
        before, after = restored_sums(blog), restored_sums(empty)
        assert {name for name in before if before[name] != after[name]} == CHANGED_AFTERWARDS
        assert is_quiet()

    def test_the_link_of_a_lost_token_opens_no_later_one(self, archive: Path, empty: Flask) -> None:
        assert flask(empty, "restore", str(archive), "--yes").exit_code == 0
        highest = db.session.scalar(select(func.max(Token.id)).where(Token.purpose != "none"))
        with unit_of_work():
            rita = db.session.scalars(select(User).where(User.username == "rita")).one()
            later = tokens.issue(rita, TokenPurpose.RESET, at=clock.now())
        assert later.id > (highest or 0) + 1000

    def test_writing_goes_on_from_there(self, archive: Path, empty: Flask) -> None:
        assert flask(empty, "restore", str(archive), "--yes").exit_code == 0
        with unit_of_work():
            db.session.add(Link(name="Next", url="https://next.example"))
        assert db.session.scalar(select(func.count()).select_from(Link)) == 2

    def test_a_backup_of_it_is_the_same_blog(
        self, blog: Flask, archive: Path, empty: Flask
    ) -> None:
        flask(empty, "restore", str(archive), "--yes", "--as-it-was")
        assert backed_up(empty).is_file()
        assert restored_sums(empty) == restored_sums(blog)


class TestBackInTime:
    def test_what_came_later_is_gone_and_can_be_brought_back(
        self, blog: Flask, archive: Path
    ) -> None:
        then, then_files = restored_sums(blog), files(blog)
        change(blog)
        later = restored_sums(blog)
        done = flask(blog, "restore", str(archive), "--yes", "--as-it-was")
        assert done.exit_code == 0, done.output
        assert restored_sums(blog) == then
        again = flask(blog, *way_back(done.output))
        assert again.exit_code == 0, again.output
        assert restored_sums(blog) == later
        assert then_files.items() <= files(blog).items()

    def test_uploads_of_both_states_lie_side_by_side(self, blog: Flask, archive: Path) -> None:
        before = files(blog)
        change(blog)
        assert flask(blog, "restore", str(archive), "--yes").exit_code == 0
        assert files(blog) == before | {f"{'c' * 64}.gif": b"new"}

    def test_a_lost_and_a_damaged_upload_are_whole_again(self, blog: Flask, archive: Path) -> None:
        before = files(blog)
        first, second, *_ = sorted(before)
        (blog.config["BLUELOG_UPLOAD_PATH"] / first).unlink()
        (blog.config["BLUELOG_UPLOAD_PATH"] / second).write_bytes(b"half of i")
        done = flask(blog, "restore", str(archive), "--yes")
        assert "2 uploads were added" in done.output
        assert files(blog) == before

    def test_a_table_of_a_later_time_is_gone_too(self, blog: Flask, archive: Path) -> None:
        before = restored_sums(blog)
        with unit_of_work():
            db.session.execute(text("CREATE TABLE later (id INTEGER PRIMARY KEY, post_id INTEGER)"))
        let_go()
        assert flask(blog, "restore", str(archive), "--yes", "--as-it-was").exit_code == 0
        assert restored_sums(blog) == before

    def test_a_database_of_a_newer_bluelog_gives_way_and_is_kept(
        self, blog: Flask, archive: Path
    ) -> None:
        before = restored_sums(blog)
        with unit_of_work():
            db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        let_go()
        done = flask(blog, "restore", str(archive), "--yes", "--as-it-was")
        assert done.exit_code == 0, done.output
        assert restored_sums(blog) == before
        again = flask(blog, *way_back(done.output))
        assert "migration 9999, which this Bluelog does not know" in again.output

    def test_sessions_end_and_those_of_as_it_was_stay(self, blog: Flask, archive: Path) -> None:
        count = select(func.count()).select_from(UserSession)
        flask(blog, "restore", str(archive), "--yes", "--as-it-was")
        assert db.session.scalar(count) == 1
        flask(blog, "restore", str(archive), "--yes")
        assert db.session.scalar(count) == 0


class TestRefusals:
    def test_a_full_disk_leaves_the_old_state(
        self, blog: Flask, archive: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        change(blog)
        (blog.config["BLUELOG_UPLOAD_PATH"] / min(PICTURES)).unlink()
        before = restored_sums(blog)
        monkeypatch.setattr(LocalStorage, "_write", fail)
        done = flask(blog, "restore", str(archive), "--yes")
        assert done.exit_code == 1
        assert "No space left on device. Nothing was restored." in done.output
        assert restored_sums(blog) == before

    def test_a_no_leaves_everything(self, blog: Flask, archive: Path) -> None:
        change(blog)
        before = restored_sums(blog)
        done = flask(blog, "restore", str(archive), typed="n\n")
        assert done.exit_code == 1
        assert "will be gone" in done.output
        assert restored_sums(blog) == before

    def test_a_worker_at_work_is_seen(self, blog: Flask, archive: Path) -> None:
        with unit_of_work():
            db.session.merge(Counter(name=WORKER_SEEN, value=int(clock.now().timestamp())))
        let_go()
        done = flask(blog, "restore", str(archive), typed="y\n")
        assert "a worker was seen" in done.output
        assert done.exit_code == 1
        assert flask(blog, "restore", str(archive), "--yes").exit_code == 0

    @pytest.mark.skipif(not POSTGRES, reason="the other process would have to be another one")
    def test_a_web_server_on_postgresql_is_seen(self, blog: Flask, archive: Path) -> None:
        import psycopg

        url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        let_go()
        with psycopg.connect(url, application_name="gunicorn"):
            done = flask(blog, "restore", str(archive), typed="y\n")
        assert "(gunicorn)" in done.output
        assert done.exit_code == 1

    @NOT_SQLITE
    def test_a_web_server_on_sqlite_is_seen(self, blog: Flask, archive: Path) -> None:
        import subprocess
        import sys

        script = "import sys; f = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
        words = [sys.executable, "-c", script, db.engine.url.database]
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout
            assert other.stdout.readline() == "open\n"
            done = flask(blog, "restore", str(archive), typed="y\n")
            other.communicate("")
        assert f"process {other.pid}" in done.output
        assert done.exit_code == 1

    @NOT_SQLITE
    def test_a_database_that_stays_locked_stays_as_it_is(
        self, blog: Flask, archive: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change(blog)
        before = restored_sums(blog)
        monkeypatch.setattr(sqlite, "_WAIT_SECONDS", 0.3)
        path = db.engine.url.database or ""
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            done = flask(blog, "restore", str(archive), "--yes")
        assert done.exit_code == 1
        assert "locked" in done.output
        assert restored_sums(blog) == before


@NOT_SQLITE
def test_a_broken_database_is_set_aside_and_the_archive_takes_its_place(
    blog: Flask, archive: Path
) -> None:
    before = restored_sums(blog)
    path = Path(db.engine.url.database or "")
    broken = bytearray(path.read_bytes())
    broken[4096:40960] = b"?" * (40960 - 4096)
    path.write_bytes(broken)
    done = flask(blog, "restore", str(archive), "--yes", "--as-it-was")
    assert done.exit_code == 0, done.output
    assert restored_sums(blog) == before
    (aside,) = path.parent.glob(f"{path.name}.broken-*")
    assert aside.read_bytes() == bytes(broken)
    assert str(aside) in done.output


def test_an_older_archive_is_migrated(
    blog: Flask, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (head,) = newest()
    folder = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    script = MIGRATION.format(revision="9001", after=head)
    (folder / "versions" / "9001.py").write_text(script)
    monkeypatch.setattr(extensions, "MIGRATIONS", folder)
    done = flask(blog, "restore", str(archive), "--yes")
    assert done.exit_code == 0, done.output
    assert "its migrations run now" in done.output
    assert db.session.scalars(select(Link.name)).all() == ["migrated"]
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "9001"


def test_a_restore_outdates_every_page_that_is_kept(blog: Flask, archive: Path) -> None:
    before = revisions.current()
    assert flask(blog, "restore", str(archive), "--yes", "--as-it-was").exit_code == 0
    after = revisions.current()
    assert after.content > before.content
    assert after.frame > before.frame


def test_going_back_at_once_waits_for_a_backup_that_has_begun(
    blog: Flask, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with alone(backup_folder(blog.config)):
        refused = flask(blog, "restore", str(archive), "--yes")
        monkeypatch.setattr(backups, "_PATIENCE", timedelta(seconds=0.5))
        given_up = flask(blog, "restore", str(archive), "--yes", "--as-it-was")
    for done in (refused, given_up):
        assert done.exit_code == 1
        assert "Another backup or restore is running" in done.output
    monkeypatch.undo()
    with ThreadPoolExecutor(1) as pool, ExitStack() as backup:
        backup.enter_context(alone(backup_folder(blog.config)))
        pool.submit(lambda: (time.sleep(1), backup.close()))
        done = flask(blog, "restore", str(archive), "--yes", "--as-it-was")
    assert done.exit_code == 0, done.output
