"""The smaller parts: settings without secrets, the lock, the standing, PostgreSQL's programs."""

import json
import os
import re
import stat
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from bluelog.operations.backup import record
from bluelog.operations.backup.databases import programs
from bluelog.operations.backup.databases.sums import sum_of
from bluelog.operations.backup.kept_settings import without_secrets
from bluelog.operations.backup.layout import BackupError
from bluelog.operations.backup.lock import alone
from bluelog.operations.backup.record import Outcome
from bluelog.operations.backup.standing import State, standing
from bluelog.operations.backup.writing import written
from bluelog.settings import SETTINGS, ProductionConfig

NOW = datetime(2026, 8, 30, 12, tzinfo=UTC)
URL = make_url("postgresql+psycopg://ada:s3cr%40t@db.example.com:5433/blog?sslmode=require")


class TestSettings:
    def test_are_kept_without_a_single_secret(self) -> None:
        config = ProductionConfig(
            {
                "SECRET_KEY": f"hush-{uuid4().hex}",
                "BLUELOG_URL": "https://blog.example.com",
                "BLUELOG_PROXY_COUNT": "1",
                "BLUELOG_EMAIL": "ops@example.com",
                "DATABASE_URL": "postgresql://ada:s3cret@db.example.com/blog?password=hidden",
                "REDIS_URL": "redis://:s3cret@cache.example.com/0",
                "MAIL_SERVER": "mail.example.com",
                "MAIL_USERNAME": "postman",
                "MAIL_PASSWORD": "s3cret",
                "S3_BUCKET": "pictures",
                "S3_REGION": "eu-north-1",
                "S3_ACCESS_KEY_ID": "the-blogs",
                "S3_SECRET_ACCESS_KEY": "s3cret",
            }
        )
        text = without_secrets(vars(config)).decode()
        kept = json.loads(text)
        assert not [word for word in ("hush", "s3cret", "hidden") if word in text]
        assert kept["BLUELOG_URL"] == "https://blog.example.com"
        assert kept["BLUELOG_EMAIL"] == ["ops@example.com"]
        assert kept["MAIL_USERNAME"] == "postman"
        assert kept["DATABASE_URL"].endswith("://db.example.com/blog")
        assert kept["S3_ACCESS_KEY_ID"] == "the-blogs"
        assert not kept.keys() & {"SECRET_KEY", "MAIL_PASSWORD", "S3_SECRET_ACCESS_KEY"}

    def test_no_setting_that_is_named_like_a_secret_is_taken_for_none(self) -> None:
        named = {each.name for each in SETTINGS if re.search("SECRET|PASSWORD|TOKEN", each.name)}
        assert named == {each.name for each in SETTINGS if each.is_secret}


class TestArchiveFile:
    def test_is_its_owners_alone_from_the_first_byte(self, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            with written(tmp_path / "archive", NOW) as archive:
                mode = (tmp_path / "archive").stat().st_mode
                archive.add("settings.json", b"{}")
        finally:
            os.umask(before)
        assert stat.S_IMODE(mode) == 0o600

    def test_never_takes_the_place_of_another(self, tmp_path: Path) -> None:
        (tmp_path / "archive").write_text("mine")
        with pytest.raises(FileExistsError), written(tmp_path / "archive", NOW):
            pass
        assert (tmp_path / "archive").read_text() == "mine"


class TestLock:
    def test_is_held_by_one_at_a_time(self, tmp_path: Path) -> None:
        with alone(tmp_path), pytest.raises(BackupError, match="Another"), alone(tmp_path):
            pass
        with alone(tmp_path):
            pass

    def test_is_waited_for_as_long_as_patience_lasts(self, tmp_path: Path) -> None:
        a_moment, soon = timedelta(milliseconds=300), threading.Event()

        def hold() -> None:
            with alone(tmp_path):
                soon.set()
                time.sleep(1)

        thread = threading.Thread(target=hold)
        thread.start()
        soon.wait()
        with pytest.raises(BackupError, match="Another"), alone(tmp_path, patience=a_moment):
            pass
        with alone(tmp_path, patience=timedelta(seconds=30)):
            pass
        thread.join()


JUST_NOW, YESTERDAY, LONG_AGO = timedelta(0), timedelta(hours=30), timedelta(days=2, seconds=1)


@pytest.mark.parametrize("is_production", [True, False])
@pytest.mark.parametrize(
    ("age", "error", "state", "urgent_in"),
    [
        (YESTERDAY, "", State.PROVEN, set()),
        (JUST_NOW, "why", State.FAILED, {True, False}),
        (None, "", State.NONE, {True}),
    ],
)
def test_how_it_stands(
    tmp_path: Path,
    age: timedelta | None,
    error: str,
    *,
    state: State,
    urgent_in: set[bool],
    is_production: bool,
) -> None:
    if age is not None:
        record.keep(tmp_path, Outcome(NOW - age, "x", 1, not error, error))
    found = standing(tmp_path, NOW, is_production=is_production)
    assert (found.state, found.is_urgent) == (state, is_production in urgent_in)


def test_an_old_one_matters_in_production_alone(tmp_path: Path) -> None:
    record.keep(tmp_path, Outcome(NOW - LONG_AGO, "x", 1, is_proven=True, error=""))
    assert standing(tmp_path, NOW, is_production=True).state == State.OLD
    assert standing(tmp_path, NOW, is_production=True).is_urgent
    assert standing(tmp_path, NOW, is_production=False).state == State.PROVEN


class TestSums:
    def test_a_row_more_less_or_changed_gives_another(self) -> None:
        rows = [(1, "灯", None, b"\0", 1.5), (2, "a,b", "", b"", 2.0)]
        usual = sum_of(rows)
        assert usual.count == 2
        assert usual == sum_of(list(rows))
        others = [
            rows[:1],
            [*rows, rows[0]],
            [rows[1], rows[0]],
            [rows[0], (2, "a", "b", b"", 2.0)],
        ]
        assert len({usual.sha256, *(sum_of(other).sha256 for other in others)}) == 5

    def test_no_bytes_can_be_taken_for_others(self) -> None:
        assert sum_of([(b"a,1:b",)]) != sum_of([(b"a", b"b")])
        assert sum_of([(b"None",)]) != sum_of([(None,)])


class TestPrograms:
    def program(self, folder: Path, script: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("pg_dump", "pg_restore", "psql"):
            path = folder / name
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)

    def say(self, version: str) -> str:
        return f"echo 'pg_dump (PostgreSQL) {version}'"

    @pytest.fixture(autouse=True)
    def alone_here(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(programs, "VERSIONED", tmp_path / "lib")
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/sbin:/bin")

    def test_the_newest_is_taken_wherever_it_is(self, tmp_path: Path) -> None:
        self.program(tmp_path / "lib/14/bin", self.say("14.9 (Debian 14.9-1)"))
        self.program(tmp_path / "lib/16/bin", self.say("16.1"))
        self.program(tmp_path / "bin", self.say("15.4"))
        found = programs.programs_for(15, URL)
        assert (found.version, found.folder) == (16, tmp_path / "lib/16/bin")

    def test_an_older_one_than_the_server_is_named(self, tmp_path: Path) -> None:
        self.program(tmp_path / "bin", self.say("14.9"))
        with pytest.raises(BackupError, match=r"version 14 and the server 16.*client-16"):
            programs.programs_for(16, URL)

    def test_without_any_it_says_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        with pytest.raises(BackupError, match="apt-get install postgresql-client-16"):
            programs.programs_for(16, URL)

    def test_one_that_does_not_start_counts_as_none(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        self.program(tmp_path / "bin", "exit 127")
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
        with pytest.raises(BackupError, match="not found"):
            programs.programs_for(16, URL)

    def test_the_password_is_not_among_the_words_of_a_command(self, tmp_path: Path) -> None:
        self.program(tmp_path / "bin", 'echo "$@ / $PGPASSWORD"')
        found = programs.Programs(tmp_path / "bin", 16, URL)
        said = found.run("psql", found.address())
        words, _, password = said.strip().partition(" / ")
        assert words == "postgresql://ada@db.example.com:5433/blog?sslmode=require"
        assert password == "s3cr@t"

    def test_what_it_complains_of_is_told(self, tmp_path: Path) -> None:
        self.program(tmp_path / "bin", "echo 'connection refused' >&2; exit 1")
        found = programs.Programs(tmp_path / "bin", 16, URL)
        with pytest.raises(BackupError, match="pg_dump failed: connection refused"):
            found.run("pg_dump")
