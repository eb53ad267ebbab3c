"""Rows that no form would have made, and sources that are none."""

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import Category, Comment, Link, Post, PostAuthor, PostStatus, Site
from bluelog.operations.importing.connection import SourceError
from bluelog.operations.importing.report import NAMES_SHOWN, Kind, Outcome, Report
from bluelog.operations.importing.source import opened
from bluelog.queries.frame import default_category
from tests.conftest import NOW
from tests.integration.importing.sources import OtherBlog, on_file
from tests.integration.importing.steps import bring, comment_saying, post_titled, row_counts


def named(report: Report, words: str) -> list[str]:
    """The names under the one oddity that holds these words."""
    (found,) = [names for odd, (_n, names) in report.oddities().items() if words in odd]
    return found


@pytest.mark.usefixtures("empty")
class TestOddPosts:
    def test_without_a_category_or_with_a_missing_one_they_go_to_the_default(
        self, old: OtherBlog
    ) -> None:
        old.post("None", category_id=None)
        old.post("Gone", category_id=99)
        report = bring(old)
        for title in ("None", "Gone"):
            assert post_titled(title).category_id == default_category().id
        assert len(named(report, "without a category")) == 2

    def test_long_titles_are_kept_up_to_200_characters(self, old: OtherBlog) -> None:
        old.post("x" * 150)
        old.post("y" * 300)
        report = bring(old)
        assert post_titled("x" * 150).slug == "x" * 80
        assert post_titled("y" * 200).title
        assert len(named(report, "cut to 200")) == 1

    def test_scripts_do_not_come_in(self, old: OtherBlog) -> None:
        old.post("Bad", '<p onclick="x()">a<script>alert(1)</script><a href="javascript:x">b</a>')
        bring(old)
        post = post_titled("Bad")
        for text in (post.html, post.source):
            assert "script" not in text
            assert "onclick" not in text
        assert post.plain == "ab"

    def test_nothing_at_all_is_still_a_post(self, old: OtherBlog) -> None:
        old.post(None, None, can_comment=None)
        bring(old)
        post = post_titled("Untitled")
        assert (post.slug, post.html, post.words, post.comments_open) == ("untitled", "", 0, False)

    def test_equal_titles_get_numbers(self, old: OtherBlog) -> None:
        for _ in range(3):
            old.post("Hello world")
        bring(old)
        slugs = select(Post.slug).where(Post.title == "Hello world").order_by(Post.id)
        assert db.session.scalars(slugs).all() == [
            "hello-world",
            "hello-world-2",
            "hello-world-3",
            "hello-world-4",
        ]

    def test_no_date_is_the_date_of_the_oldest(self, old: OtherBlog) -> None:
        old.post("Undated", at=None)
        old.post("Nonsense", at="yesterday")
        report = bring(old)
        oldest = datetime(2021, 5, 6, 7, 8, 9, tzinfo=UTC)
        assert post_titled("Undated").published_at == oldest
        assert post_titled("Nonsense").published_at == oldest
        assert len(named(report, "without a date")) == 2

    def test_a_date_to_come_is_waited_for(self, old: OtherBlog) -> None:
        old.post("Soon", at="2026-03-12 00:00:00")
        bring(old)
        post = post_titled("Soon")
        due = datetime(2026, 3, 12, tzinfo=UTC)
        assert (post.status, post.published_at) == (PostStatus.SCHEDULED, due)
        public_at = select(PostAuthor.public_at).where(PostAuthor.post_id == post.id)
        assert db.session.scalar(public_at) == due
        assert post.created_at == NOW
        assert db.session.get_one(Category, post.category_id).post_count == 1

    def test_control_characters_and_broken_bytes_do_not_matter(self, old: OtherBlog) -> None:
        old.post("Bell\x07 and \x00 nul", "<p>\x00kept</p>")
        old.execute("UPDATE post SET title = CAST(x'48c3' AS TEXT) WHERE id = 1")
        bring(old)
        assert post_titled("Bell and nul").plain == "kept"
        assert post_titled("H\ufffd").plain == "Good morning."

    def test_the_second_edition_says_when_a_post_was_changed(self, tmp_path: Path) -> None:
        blog = on_file(tmp_path / "second.db", 2)
        blog.admin()
        blog.post("Changed", updated_at="2022-02-02 02:02:02")
        bring(blog)
        blog.close()
        changed = datetime(2022, 2, 2, 2, 2, 2, tzinfo=UTC)
        post = post_titled("Changed")
        assert (post.revised_at, post.updated_at) == (changed, changed)


@pytest.mark.usefixtures("empty")
class TestOddComments:
    def test_an_answer_to_another_post_stands_alone_and_is_named(self, old: OtherBlog) -> None:
        across = old.comment(2, "Across.", replied_id=1)
        report = bring(old)
        comment = comment_saying("Across.")
        assert (comment.parent_id, comment.thread_id) == (None, comment.id)
        assert comment.post_id == post_titled("你好，世界").id
        (name,) = named(report, "on another post")
        assert name.startswith(f"comment {across} by Guest under post 2")

    @pytest.mark.parametrize(
        ("replied_id", "words"), [(999, "is missing"), (6, "came later"), (5, "came later")]
    )
    def test_an_answer_to_nothing_stands_alone_and_is_named(
        self, old: OtherBlog, replied_id: int, words: str
    ) -> None:
        old.comment(1, "", id=4)
        old.comment(1, "Lost.", id=5, replied_id=replied_id)
        old.comment(1, "Later.", id=6, replied_id=5)
        report = bring(old)
        comment = comment_saying("Lost.")
        assert (comment.parent_id, comment.thread_id) == (None, comment.id)
        assert len(named(report, words)) == 1

    def test_an_answer_to_what_waits_keeps_its_place_and_is_named(self, old: OtherBlog) -> None:
        old.comment(1, "To the waiting.", replied_id=3)
        report = bring(old)
        waiting = comment_saying("Buy now.")
        assert comment_saying("To the waiting.").parent_id == waiting.id
        assert len(named(report, "waits for approval")) == 1

    def test_threads_are_followed_to_their_beginning(self, old: OtherBlog) -> None:
        last = 1
        for n in range(600):  # more than a batch
            last = old.comment(1, f"Answer {n}", replied_id=last)
        bring(old)
        first = comment_saying("How are you?")
        threads = select(Comment.thread_id).where(Comment.body.like("Answer %"))
        assert set(db.session.scalars(threads)) == {first.id}
        parent = comment_saying("Answer 598").id
        assert comment_saying("Answer 599").parent_id == parent

    def test_without_a_post_or_words_they_are_skipped(self, old: OtherBlog) -> None:
        old.comment(None, "Nowhere.")
        old.comment(77, "Gone.")
        old.comment(1, "  \n ")
        old.comment(1, None)
        report = bring(old)
        assert report.number(Kind.COMMENT, Outcome.SKIPPED) == 4
        assert report.number(Kind.COMMENT, Outcome.ADDED) == 3

    @pytest.mark.parametrize("email", [None, "", "nobody", "a@b.c\nBcc: x@y.z", "x" * 300 + "@y.z"])
    def test_an_address_that_is_none_is_left_out(self, old: OtherBlog, email: str | None) -> None:
        old.comment(1, "Odd.", email=email)
        report = bring(old)
        assert comment_saying("Odd.").email == ""
        assert len(named(report, "E-mail addresses")) == 1

    @pytest.mark.parametrize("site", ["javascript:alert(1)", "#", "http://[", "example.com"])
    def test_a_site_that_is_none_is_left_out(self, old: OtherBlog, site: str) -> None:
        old.comment(1, "Odd.", site=site, author=None)
        bring(old)
        comment = comment_saying("Odd.")
        assert (comment.site, comment.name) == ("", "Anonymous")

    def test_markup_is_shown_as_it_was_typed(self, old: OtherBlog) -> None:
        old.comment(1, "<b>x</b>\r\nsee https://example.com/")
        bring(old)
        comment = comment_saying("<b>x</b>\nsee https://example.com/")
        assert "&lt;b&gt;" in comment.html
        assert 'rel="nofollow ugc noopener"' in comment.html

    def test_the_report_names_some_and_counts_all(self, old: OtherBlog) -> None:
        for _ in range(NAMES_SHOWN + 5):
            old.comment(2, "Across.", replied_id=1)
        report = bring(old)
        assert len(named(report, "on another post")) == NAMES_SHOWN
        assert "  ... and 5 more" in list(report.lines())


@pytest.mark.usefixtures("empty")
class TestOddShelves:
    def test_names_that_differ_in_case_alone_are_one_category(self, old: OtherBlog) -> None:
        old.add("category", name="python")
        old.add("category", name="Python")
        old.post("Last", category_id=4)
        report = bring(old)
        category = db.session.get_one(Category, post_titled("Last").category_id)
        assert (category.name, category.post_count) == ("python", 1)
        assert len(named(report, "joined with")) == 1

    @pytest.mark.parametrize("name", [None, "", "2024", "!!!", "n" * 90])
    def test_any_name_gets_an_address(self, old: OtherBlog, name: str | None) -> None:
        old.add("category", name=name)
        bring(old)
        slugs = db.session.scalars(select(Category.slug)).all()
        assert len(set(slugs)) == 3
        assert not any(slug.isdigit() or not slug for slug in slugs)

    @pytest.mark.parametrize("url", ["#", None, "javascript:alert(1)", "https://a.b/" + "x" * 500])
    def test_links_to_nowhere_are_skipped(self, old: OtherBlog, url: str | None) -> None:
        old.add("link", name="Odd", url=url)
        report = bring(old)
        assert db.session.scalars(select(Link.name)).all() == ["Friend"]
        assert report.number(Kind.LINK, Outcome.SKIPPED) == 1

    def test_custom_code_comes_with_a_clean_footer_and_a_word_about_it(
        self, tmp_path: Path
    ) -> None:
        blog = on_file(tmp_path / "second.db", 2)
        footer = "<p>Mine<script>alert(1)</script></p>"
        blog.admin(custom_css="p { color: red }", custom_js="let a", custom_footer=footer)
        report = bring(blog)
        blog.close()
        site = db.session.scalars(select(Site)).one()
        assert (site.custom_css, site.custom_js) == ("p { color: red }", "let a")
        assert site.footer == "<p>Mine</p>"
        assert sum("was taken over" in note for note in report.notes) == 3


@pytest.mark.usefixtures("empty")
class TestNoSource:
    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "none.db"
        with pytest.raises(SourceError, match=r"There is no file .*none\.db"):
            bring(str(path))
        assert not path.exists()

    @pytest.mark.parametrize("address", ["mysql://host/name", "sqlite:relative://x", "http://a/b"])
    def test_other_servers_are_refused_without_repeating_the_url(self, address: str) -> None:
        with pytest.raises(SourceError, match="begins with") as refusal:
            bring(address)
        assert address not in str(refusal.value)

    def test_a_file_of_something_else_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "words.db"
        path.write_text("no database at all " * 100)
        with pytest.raises(SourceError, match="cannot be read"):
            bring(str(path))

    def test_another_schema_is_refused_by_what_it_lacks(self, tmp_path: Path) -> None:
        path = tmp_path / "foreign.db"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE post (id INTEGER, title TEXT)")
        connection.close()
        with pytest.raises(SourceError, match=r"Missing there: admin\.id"):
            bring(str(path))

    def test_a_database_of_this_blog_is_refused(self, tmp_path: Path) -> None:
        if db.engine.dialect.name != "sqlite":
            pytest.skip("the database under test is no file")
        db.session.remove()
        copy = shutil.copy(db.engine.url.database or "", tmp_path / "own.db")
        with pytest.raises(SourceError, match="no database of the original"):
            bring(str(copy))

    def test_nobody_to_be_the_author_is_refused(self, tmp_path: Path) -> None:
        blog = on_file(tmp_path / "nobody.db")
        blog.post()
        with pytest.raises(SourceError, match="no administrator"):
            bring(blog)
        blog.close()

    @pytest.mark.parametrize("form", ["{path}", "sqlite:///{path}"])
    def test_a_file_is_named_by_path_or_url(self, old: OtherBlog, form: str) -> None:
        with opened(form.format(path=old.address)) as source:
            assert (source.edition_name, source.count("post")) == ("Bluelog, first edition", 2)

    def test_a_damaged_file_leaves_nothing_behind(self, old: OtherBlog) -> None:
        for n in range(300):
            old.comment(1, f"Comment {n} " * 40)
        path = Path(old.address)
        data = bytearray(path.read_bytes())
        data[-16384:-4096] = b"\xff" * 12288
        path.write_bytes(data)
        before = row_counts()
        with pytest.raises(SourceError, match="malformed"):
            bring(old)
        assert row_counts() == before


def test_a_later_run_knows_scheduled_posts_too(empty: Flask, old: OtherBlog) -> None:
    old.post("Soon", at="2026-03-12 00:00:00")
    bring(old)
    report = bring(old, at=NOW + timedelta(days=30))
    assert report.number(Kind.POST, Outcome.EXISTING) == 3
