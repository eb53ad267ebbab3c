"""`flask backup`: what it keeps, that the blog goes on, and how it ends when something is wrong."""

import errno
import os
import shutil
import stat
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from bluelog import clock, storage
from bluelog.extensions import db
from bluelog.models import Link, OutgoingMail
from bluelog.operations.backup import record
from bluelog.operations.backup.blog import backup_folder, this_blog
from bluelog.operations.backup.record import Outcome
from bluelog.operations.backup.rotation import Keep
from bluelog.operations.backup.running import Wishes, back_up
from bluelog.operations.backup.unpacking import Unpacked, unpack
from bluelog.operations.doctor.disk import FLOOR_BYTES
from bluelog.operations.progress import silently
from bluelog.uow import unit_of_work
from tests.databases import POSTGRES
from tests.integration.backup.steps import (
    PICTURES,
    archives,
    backed_up,
    during,
    files,
    flask,
    stage_of,
    sums,
)

NEW_PICTURE = f"{'b' * 64}.png"


def run(app: Flask, progress: Any = silently, at: datetime | None = None, **wishes: Any) -> Outcome:
    folder = backup_folder(app.config)
    storage.use(storage.LocalStorage(app.config["BLUELOG_UPLOAD_PATH"]))
    values: dict[str, Any] = {"folder": folder, "records": folder}
    outcome, _dropped = back_up(
        this_blog(app.config), Wishes(**values | wishes), at=at or clock.now(), progress=progress
    )
    return outcome


def contents(archive: Path, stage: Path) -> Unpacked:
    stage.mkdir()
    return unpack(archive, stage, "postgresql" if POSTGRES else "sqlite", silently)


class TestCommand:
    def test_it_makes_one_proven_archive_for_its_owner_alone(self, blog: Flask) -> None:
        archive = backed_up(blog)
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600
        assert stat.S_IMODE(archive.parent.stat().st_mode) == 0o700
        outcome = record.latest(archive.parent)
        assert outcome is not None
        assert (outcome.archive, outcome.is_proven, outcome.error) == (str(archive), True, "")
        assert outcome.bytes == archive.stat().st_size
        left = {path.name for path in archive.parent.iterdir()}
        assert left == {archive.name, "last.json", ".lock"}

    def test_everything_is_in_it_and_no_secret_of_the_settings(
        self, blog: Flask, tmp_path: Path
    ) -> None:
        before = sums(blog)
        archive = backed_up(blog)
        found = contents(archive, tmp_path / "stage")
        assert found.manifest.tables == before
        assert found.manifest.tables["comment"].count == 1
        with tarfile.open(archive) as tar:
            names = tar.getnames()
            texts = [tar.extractfile(name).read() for name in names]  # type: ignore[union-attr]
        assert {name for name in names if name.startswith("uploads/")} == {
            f"uploads/{name}" for name in PICTURES
        }
        assert not [text for text in texts if blog.config["SECRET_KEY"].encode() in text]

    def test_quietly_it_says_nothing(self, blog: Flask) -> None:
        done = flask(blog, "backup", "--quiet")
        assert (done.exit_code, done.output) == (0, "")

    def test_it_goes_to_another_folder_and_the_record_stays(
        self, blog: Flask, tmp_path: Path
    ) -> None:
        done = flask(blog, "backup", "--to", str(tmp_path / "disk"))
        assert done.exit_code == 0, done.output
        (archive,) = (tmp_path / "disk").glob("*.tar.gz")
        outcome = record.latest(backup_folder(blog.config))
        assert outcome is not None
        assert outcome.archive == str(archive)
        assert archives(blog) == []

    def test_the_database_alone_is_named_so(self, blog: Flask) -> None:
        assert flask(blog, "backup", "--database-only").exit_code == 0
        (archive,) = backup_folder(blog.config).glob("bluelog-database-*.tar.gz")
        with tarfile.open(archive) as tar:
            assert not [name for name in tar.getnames() if name.startswith("uploads")]
        assert record.latest(archive.parent) is None

    def test_the_rotation_is_taken_from_settings_and_options(self, blog: Flask) -> None:
        at = datetime(2026, 8, 30, 3, tzinfo=UTC)
        blog.config.update(
            BLUELOG_BACKUP_KEEP_DAILY=3, BLUELOG_BACKUP_KEEP_WEEKLY=0, BLUELOG_BACKUP_KEEP_MONTHLY=0
        )
        for back in (4, 3, 2, 1):
            assert run(blog, at=at - timedelta(days=back), has_uploads=True).is_proven
        backed_up(blog)
        assert len(archives(blog)) == 3
        backed_up(blog, "--keep-daily", "1")
        assert len(archives(blog)) == 1

    def test_two_in_one_second_are_two(self, blog: Flask) -> None:
        at = clock.now()
        first, second = run(blog, at=at), run(blog, at=at, keep=Keep(2, 0, 0))
        assert first.is_proven
        assert second.is_proven
        assert first.archive != second.archive

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    @pytest.mark.parametrize("words", [("backup",), ("restore", "x.tar.gz")])
    def test_root_is_sent_to_the_account_of_the_data(
        self, blog: Flask, words: tuple[str, ...]
    ) -> None:
        os.chown(blog.config["BLUELOG_DATA_DIR"], 65534, -1)
        done = flask(blog, *words)
        os.chown(blog.config["BLUELOG_DATA_DIR"], 0, -1)
        assert done.exit_code == 1
        assert "sudo -u nobody flask" in done.output
        assert archives(blog) == []


class TestMeanwhile:
    @pytest.mark.parametrize("label", ["Reading", "Copying", "Database", "Uploads", "Checking"])
    def test_others_write_and_the_archive_is_of_one_moment(
        self, blog: Flask, tmp_path: Path, label: str
    ) -> None:
        before = sums(blog)

        def write() -> None:
            with unit_of_work():
                db.session.add_all([Link(name=f"n{n}", url="https://x.org") for n in range(50)])

        outcome = run(blog, during(label, write))
        assert outcome.is_proven, outcome.error
        assert db.session.scalar(select(func.count()).select_from(Link)) == 51
        assert contents(Path(outcome.archive), tmp_path / "stage").manifest.tables == before

    def test_a_file_that_goes_is_left_out_and_one_that_comes_does_no_harm(
        self, blog: Flask, tmp_path: Path
    ) -> None:
        folder = blog.config["BLUELOG_UPLOAD_PATH"]
        gone = next(iter(PICTURES))

        def change() -> None:
            (folder / gone).unlink()
            (folder / NEW_PICTURE).write_bytes(b"new")

        outcome = run(blog, during("Uploads", change))
        assert outcome.is_proven, outcome.error
        found = contents(Path(outcome.archive), tmp_path / "stage").manifest.files
        assert f"uploads/{gone}" not in found
        assert len([name for name in found if name.startswith("uploads/")]) == 2
        assert NEW_PICTURE in files(blog)

    def test_a_second_one_waits_for_nobody_and_nobody_is_told_it_failed(self, blog: Flask) -> None:
        good, mails = run(blog), select(func.count()).select_from(OutgoingMail)
        before = db.session.scalar(mails)
        seen: list[Result] = []
        again = during("Copying", lambda: seen.append(flask(blog, "backup")))
        outcome = run(blog, again, good.at + timedelta(days=1))
        assert outcome.is_proven
        assert seen[0].exit_code == 1
        assert "Error: Another backup or restore is running." in seen[0].output
        assert record.latest(backup_folder(blog.config)) == outcome
        assert db.session.scalar(mails) == before


class TestWhenBad:
    @pytest.mark.parametrize("label", ["Copying", "Database", "Uploads", "Checking"])
    def test_a_full_disk_leaves_nothing_and_is_recorded(self, blog: Flask, label: str) -> None:
        def fill() -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        outcome = run(blog, during(label, fill))
        assert not outcome.is_proven
        assert "No space left" in outcome.error
        assert record.latest(backup_folder(blog.config)) == outcome
        left = {path.name for path in backup_folder(blog.config).iterdir()}
        assert left == {"last.json", ".lock"}

    def test_a_disk_too_small_is_told_before_anything_is_copied(
        self, blog: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with this_blog(blog.config).database.snapshot() as snapshot:
            least = snapshot.size + sum(map(len, files(blog).values())) + FLOOR_BYTES
        began: list[str] = []
        usage = shutil.disk_usage(backup_folder(blog.config).parent)
        for free in (least, least * 2):
            monkeypatch.setattr(
                shutil, "disk_usage", lambda _, free=free: usage._replace(free=free)
            )
            outcome = run(blog, during("Copying", lambda: began.append("copying")))
            assert outcome.is_proven == bool(began) == (free > least), outcome.error
            assert ("BLUELOG_BACKUP_KEEP_DAILY" in outcome.error) == (free == least)

    def test_a_copy_that_went_wrong_never_becomes_an_archive(self, blog: Flask) -> None:
        outcome = run(blog, during("Database", spoil(blog)))
        assert not outcome.is_proven
        assert outcome.error
        assert archives(blog) == []

    @pytest.mark.skipif(bool(POSTGRES), reason="a server keeps its files to itself")
    def test_the_table_that_lost_a_row_is_named(self, blog: Flask) -> None:
        assert "not as they were: comment." in run(blog, during("Database", spoil(blog))).error

    def test_an_earlier_archive_stays(self, blog: Flask) -> None:
        good = backed_up(blog)
        assert not run(blog, during("Database", spoil(blog))).is_proven
        assert archives(blog) == [good]

    def test_the_command_says_why_and_ends_with_one(self, blog: Flask, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        done = flask(blog, "backup", "--quiet", "--to", str(tmp_path / "file" / "below"))
        assert done.exit_code == 1
        assert "Error: The backup is not proven." in done.output
        assert "Traceback" not in done.output
        outcome = record.latest(backup_folder(blog.config))
        assert outcome is not None
        assert not outcome.is_proven

    @pytest.mark.skipif(bool(POSTGRES), reason="a server keeps its files to itself")
    def test_a_broken_database_hides_nothing(
        self, blog: Flask, caplog: pytest.LogCaptureFixture
    ) -> None:
        db.session.remove()
        db.engine.dispose()
        Path(db.engine.url.database or "").write_bytes(b"not a database at all" * 999)
        done = flask(blog, "backup")
        assert done.exit_code == 1
        assert "not a database" in done.output
        outcome = record.latest(backup_folder(blog.config))
        assert outcome is not None
        assert "not a database" in outcome.error
        assert [entry for entry in caplog.records if entry.levelname == "ERROR"]

    def test_a_database_without_tables_is_no_backup(
        self, empty_machine: Callable[[], Flask]
    ) -> None:
        app = empty_machine()
        done = flask(app, "backup")
        assert done.exit_code == 1
        assert "flask db upgrade" in done.output
        assert archives(app) == []


def spoil(app: Flask) -> Callable[[], None]:
    """Lose a row of the copy, or the end of a dump, before it is packed."""

    def act() -> None:
        import sqlite3

        copy = stage_of(app) / "copy"
        if POSTGRES:
            copy.write_bytes(copy.read_bytes()[:-3000] + bytes(3000))
            return
        connection = sqlite3.connect(copy, isolation_level=None)
        connection.execute("DELETE FROM comment")
        connection.close()

    return act
