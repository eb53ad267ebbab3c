"""Coming again, and being whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bluelog.extensions import db
from bluelog.models import Comment, ImportedItem, Redirect, Site, User
from bluelog.operations.importing import links
from bluelog.operations.importing.report import Kind, Outcome
from bluelog.queries.redirects import target_of
from tests.integration.importing.sources import OtherBlog, on_file
from tests.integration.importing.steps import bring, comment_saying, post_titled, row_counts

LATER = datetime(2026, 3, 11, tzinfo=UTC)


@pytest.mark.usefixtures("empty")
class TestAgain:
    def test_a_second_run_adds_nothing(self, other: OtherBlog) -> None:
        bring(other)
        before = row_counts()
        report = bring(other, at=LATER)
        assert row_counts() == before
        assert all(report.number(kind, Outcome.ADDED) == 0 for kind in Kind)
        assert report.number(Kind.COMMENT, Outcome.EXISTING) == 3

    def test_settings_are_taken_once_though_there_is_no_post_yet(self, tmp_path: Path) -> None:
        blog = on_file(tmp_path / "bare.db")
        blog.admin()
        bring(blog)
        db.session.execute(update(Site).values(title="Renamed here"))
        db.session.commit()
        bring(blog)
        blog.close()
        assert db.session.scalar(select(Site.title)) == "Renamed here"

    def test_what_was_written_there_since_is_added(self, other: OtherBlog) -> None:
        bring(other)
        third = other.post("Third")
        asked = comment_saying("How are you?")
        other.comment(1, "Quite well.", replied_id=1)
        other.comment(third, "First.")
        report = bring(other, at=LATER)
        assert report.number(Kind.POST, Outcome.ADDED) == 1
        assert report.number(Kind.COMMENT, Outcome.ADDED) == 2
        late = comment_saying("Quite well.")
        assert (late.parent_id, late.thread_id) == (asked.id, asked.thread_id)
        assert post_titled("Hello world").comment_count == 3

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE admin SET password_hash = 'pbkdf2:sha256:1000$other$hash'",
            "DELETE FROM post WHERE id = 1",
            "DELETE FROM comment WHERE id = 1",
        ],
    )
    def test_it_is_known_again_after_changes_there(self, old: OtherBlog, change: str) -> None:
        bring(old)
        old.execute(change)
        report = bring(old, at=LATER)
        assert all(report.number(kind, Outcome.ADDED) == 0 for kind in Kind)

    def test_a_copy_elsewhere_is_the_same_blog(self, old: OtherBlog, tmp_path: Path) -> None:
        bring(old)
        copy = tmp_path / "moved.db"
        copy.write_bytes(Path(old.address).read_bytes())
        before = row_counts()
        bring(str(copy))
        assert row_counts() == before

    def test_another_blog_with_the_same_numbers_comes_in_beside_it(
        self, old: OtherBlog, tmp_path: Path
    ) -> None:
        bring(old)
        second = on_file(tmp_path / "second.db")
        second.admin(password_hash="pbkdf2:sha256:1000$salt$elsewhere")
        second.post("Hello world", at="2020-01-01 00:00:00")
        report = bring(second)
        second.close()
        assert report.number(Kind.POST, Outcome.ADDED) == 1
        assert target_of("/post/1") == "/post/hello-world"
        assert report.number(Kind.ADDRESS, Outcome.SKIPPED) == 1

    def test_comments_under_a_post_that_was_deleted_here_are_skipped(self, old: OtherBlog) -> None:
        bring(old)
        db.session.delete(post_titled("Hello world"))
        db.session.commit()
        old.comment(1, "Too late.")
        report = bring(old, at=LATER)
        assert report.number(Kind.COMMENT, Outcome.SKIPPED) == 1
        assert report.number(Kind.POST, Outcome.ADDED) == 0

    def test_a_renamed_account_is_still_the_author(self, old: OtherBlog) -> None:
        bring(old)
        db.session.execute(update(User).values(username="new", username_key="new"))
        db.session.commit()
        old.post("Third")
        bring(old, at=LATER)
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.usefixtures("empty")
class TestWholeOrNotAtAll:
    def test_a_failure_at_the_end_leaves_nothing(
        self, other: OtherBlog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_run: object) -> None:
            assert db.session.scalar(select(func.count()).select_from(Comment)) == 3
            raise OSError("the disk is full")

        monkeypatch.setattr(links, "bring", fail)
        before = row_counts()
        with pytest.raises(OSError, match="full"):
            bring(other)
        assert row_counts() == before

    def test_a_rehearsal_reports_the_same_and_writes_nothing(self, other: OtherBlog) -> None:
        other.comment(2, "Across.", replied_id=1)
        before = row_counts()
        rehearsed = bring(other, dry_run=True)
        assert row_counts() == before
        assert list(rehearsed.lines()) == list(bring(other).lines())

    def test_the_source_stays_as_it_is(self, old: OtherBlog) -> None:
        before = Path(old.address).read_bytes()
        bring(old)
        assert Path(old.address).read_bytes() == before
        assert [path.name for path in Path(old.address).parent.glob("old.db*")] == ["old.db"]

    def test_every_row_that_came_in_is_in_the_ledger(self, other: OtherBlog) -> None:
        bring(other)
        kinds = select(ImportedItem.kind, func.count()).group_by(ImportedItem.kind)
        known = dict(db.session.execute(kinds).all())
        assert {name: known[name] for name in ("post", "comment", "category", "link")} == {
            "post": 2,
            "comment": 3,
            "category": 2,
            "link": 1,
        }
        assert db.session.scalar(select(func.count()).select_from(Redirect)) == 4
