"""Who hears of a backup: the dashboard's front page, and mail when it is a bad one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bluelog import clock
from bluelog.events import BackupFailed
from bluelog.extensions import db
from bluelog.models import OutgoingMail, Site, User
from bluelog.operations.backup import record
from bluelog.operations.backup.blog import backup_folder
from bluelog.operations.backup.record import Outcome
from bluelog.uow import unit_of_work
from tests.browsing import sign_in
from tests.integration.backup.steps import flask
from tests.letters import happened, html_of, read, recipients, text_of

AT = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
WHY = "pg_dump was not found. <Install> it."


def last(app: Flask, error: str = "", age: timedelta = timedelta(hours=3)) -> None:
    """Have a backup ended like that."""
    outcome = Outcome(clock.now() - age, "/b/x.tar.gz", 12_345_678, not error, error)
    record.keep(backup_folder(app.config), outcome)


@pytest.fixture
def front_page(client: FlaskClient) -> Callable[..., str]:
    def get(who: str = "ada", language: str = "en") -> str:
        sign_in(client, who)
        return client.get("/admin/", headers={"Accept-Language": language}).get_data(as_text=True)

    return get


class TestFrontPage:
    def test_a_proven_one_is_named_quietly(
        self, site: Flask, front_page: Callable[..., str]
    ) -> None:
        last(site)
        page = front_page()
        assert 'data-backup="proven"' in page
        assert "12.3 MB" in page
        assert "restored as a test, and complete" in page

    def test_the_first_one_is_asked_for_with_its_command(
        self, front_page: Callable[..., str]
    ) -> None:
        page = front_page()
        assert 'data-backup="none"' in page
        assert "<code>flask backup</code>" in page

    def test_a_bad_one_says_why(self, site: Flask, front_page: Callable[..., str]) -> None:
        last(site, WHY)
        page = front_page()
        assert 'data-backup="failed"' in page
        assert "pg_dump was not found. &lt;Install&gt; it." in page

    def test_an_old_one_is_a_warning_in_production(
        self, site: Flask, front_page: Callable[..., str]
    ) -> None:
        last(site, age=timedelta(days=3))
        assert 'data-backup="proven"' in front_page()
        site.config["FLASK_CONFIG"] = "production"
        assert 'data-backup="old"' in front_page()

    def test_it_is_said_in_chinese_too(self, site: Flask, front_page: Callable[..., str]) -> None:
        last(site, WHY)
        assert "的备份失败了" in front_page(language="zh-CN")
        last(site)
        assert "最近一次备份" in front_page(language="zh-CN")

    @pytest.mark.parametrize("who", ["eve", "alice", "carol"])
    def test_others_are_told_nothing(
        self, site: Flask, front_page: Callable[..., str], who: str
    ) -> None:
        last(site, WHY)
        page = front_page(who)
        assert "data-backup" not in page
        assert "pg_dump" not in page


@pytest.mark.usefixtures("cast")
class TestMail:
    def test_operators_and_administrators_hear_of_it_once_each(self, posting: Flask) -> None:
        posting.config["BLUELOG_EMAIL"] = ("ops@example.com", "ADA@example.com")
        assert recipients(happened(BackupFailed(AT, WHY))) == ["ada", "ops"]

    def test_every_administrator_does(self, posting: Flask) -> None:
        posting.config["BLUELOG_EMAIL"] = ("ops@example.com",)
        assert recipients(happened(BackupFailed(AT, WHY))) == ["ada", "ops"]

    @pytest.mark.usefixtures("posting")
    @pytest.mark.parametrize(
        ("language", "subject", "words"),
        [
            ("en", "The backup of The Lantern failed", "March 11, 2026, 7:30"),
            ("zh-Hans", "“The Lantern”的备份失败了", "2026年3月11日 07:30 的备份不可依赖"),
        ],
    )
    def test_it_says_when_and_why_in_its_readers_language(
        self, language: str, subject: str, words: str
    ) -> None:
        with unit_of_work():
            db.session.scalars(select(Site)).one().time_zone = "Asia/Shanghai"
            db.session.scalars(select(User).where(User.username == "ada")).one().locale = language
        (queued,) = happened(BackupFailed(AT, WHY))
        assert read(queued)["Subject"] == subject
        assert words in text_of(queued).replace("\u202f", " ")
        assert f"> {WHY}" in text_of(queued)
        assert "pg_dump was not found. &lt;Install&gt; it." in html_of(queued)
        assert "flask backup" in text_of(queued)

    def test_a_bad_backup_sends_it_and_a_good_one_sends_nothing(self, posting: Flask) -> None:
        assert flask(posting, "backup").exit_code == 0
        assert db.session.scalars(select(OutgoingMail)).all() == []
        blocked = backup_folder(posting.config) / "file"
        blocked.touch()
        assert flask(posting, "backup", "--to", str(blocked / "below")).exit_code == 1
        db.session.rollback()
        (queued,) = db.session.scalars(select(OutgoingMail)).all()
        assert (queued.template, queued.recipient) == ("backup-failed", "ada@example.com")
        assert "Not a directory" in queued.context["error"]

    def test_without_a_mail_server_nothing_is_queued(self) -> None:
        assert happened(BackupFailed(AT, WHY)) == []

    def test_one_that_was_killed_is_told_by_the_next(self, posting: Flask) -> None:
        """It left what was not finished, and could tell nobody."""
        folder = backup_folder(posting.config)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".making-killed").mkdir()
        for _ in range(2):
            assert flask(posting, "backup").exit_code == 0
        db.session.rollback()
        (queued,) = db.session.scalars(select(OutgoingMail)).all()
        assert "was killed before its end" in queued.context["error"]
        found = record.latest(folder)
        assert found
        assert (found.is_proven, found.error) == (True, "")
