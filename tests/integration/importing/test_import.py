"""What comes in, into an empty database and into a blog in use."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import (
    AuditEvent,
    Category,
    Comment,
    Link,
    OutgoingMail,
    Post,
    PostAuthor,
    PostStatus,
    RelationDue,
    Role,
    Site,
    User,
)
from bluelog.operations.importing.report import Kind, Outcome
from bluelog.passwords import verify_password
from bluelog.queries.frame import default_category
from bluelog.queries.redirects import target_of
from tests.conftest import NOW
from tests.integration.importing.sources import SECRET, OtherBlog, on_file
from tests.integration.importing.steps import bring, comment_saying, post_titled, row_counts


@pytest.mark.usefixtures("empty")
class TestIntoAnEmptyDatabase:
    def test_posts_keep_their_text_time_and_category(self, other: OtherBlog) -> None:
        bring(other)
        post = post_titled("Hello world")
        assert (post.slug, post.language) == ("hello-world", "en")
        assert "<p>Good <b>morning</b>.</p>" in post.html
        assert (post.plain, post.summary, post.words) == ("Good morning.", "Good morning.", 2)
        assert post.published_at == datetime(2021, 5, 6, 7, 8, 9, tzinfo=UTC)
        assert post.created_at == post.updated_at == post.published_at
        assert (post.status, post.version, post.comments_open) == (PostStatus.PUBLISHED, 1, True)
        assert post.category_id == default_category().id

    def test_the_worker_looks_for_the_relatives_of_each(self, other: OtherBlog) -> None:
        bring(other)
        published = select(Post.id).where(Post.kind == "post", Post.status == "published")
        assert set(db.session.scalars(select(RelationDue.post_id))) == {
            *db.session.scalars(published)
        }
        assert db.session.scalars(published).first()

    def test_a_chinese_post_is_told_by_its_characters(self, other: OtherBlog) -> None:
        bring(other)
        post = post_titled("你好，世界")
        assert (post.language, post.slug) == ("zh-Hans", "ni-hao-shi-jie")

    def test_the_author_is_the_administrator_with_the_old_password(self, other: OtherBlog) -> None:
        bring(other, email="mima@example.com")
        user = db.session.scalars(select(User)).one()
        assert (user.username, user.name, user.role) == (
            "mima",
            "Mima Kirigoe",
            Role.ADMINISTRATOR,
        )
        assert user.email == user.email_key == "mima@example.com"
        assert verify_password(user.password_hash, SECRET)
        assert not verify_password(user.password_hash, "another-password")
        authors = db.session.scalars(select(PostAuthor)).all()
        assert {author.user_id for author in authors} == {user.id}
        post = post_titled("Hello world")
        assert post.published_at in {author.public_at for author in authors}

    def test_comments_come_by_their_time_with_answers_after_what_they_answer(
        self, other: OtherBlog
    ) -> None:
        other.comment(1, "Third.", id=11, at="2021-07-03 00:00:00.000000")
        other.comment(1, "Answer of a wrong clock.", id=12, replied_id=11, at="2021-07-01 00:00:00")
        other.comment(1, "First.", id=13, at="2021-07-01 12:00:00.000000")
        other.comment(1, "Undated.", id=14, at=None)
        other.comment(1, "Second, of a lower id.", id=5, at="2021-07-02 00:00:00.000000")
        bring(other)
        said = list(db.session.scalars(select(Comment.body).order_by(Comment.id)))
        assert said[0] == "Undated."
        assert said[4:] == [
            "First.",
            "Second, of a lower id.",
            "Third.",
            "Answer of a wrong clock.",
        ]
        parent = comment_saying("Third.").id
        assert comment_saying("Answer of a wrong clock.").parent_id == parent

    def test_comments_keep_their_people_states_and_places(self, other: OtherBlog) -> None:
        bring(other)
        asked, answer = comment_saying("How are you?"), comment_saying("Fine, thanks.")
        assert (asked.name, asked.email, asked.site, asked.user_id) == (
            "Guest",
            "guest@example.com",
            "https://example.com/",
            None,
        )
        assert asked.html == "<p>How are you?</p>"
        assert asked.created_at == datetime(2021, 6, 7, 8, 9, 10, tzinfo=UTC)
        assert (asked.status, asked.parent_id, asked.thread_id) == ("approved", None, asked.id)
        assert (answer.parent_id, answer.thread_id) == (asked.id, asked.id)
        assert answer.user_id is not None
        assert (answer.from_staff, answer.site) == (True, "")
        assert comment_saying("Buy now.").status == "pending"

    def test_kept_counts_agree_with_what_is_public(self, other: OtherBlog) -> None:
        bring(other)
        assert post_titled("Hello world").comment_count == 2
        counts = db.session.execute(select(Category.name, Category.post_count)).all()
        assert sorted(map(tuple, counts)) == [("Default", 1), ("学习", 1)]

    def test_settings_and_about_page_come_too(self, other: OtherBlog) -> None:
        report = bring(other)
        site = db.session.scalars(select(Site)).one()
        assert (site.title, site.description) == ("Old Lantern", "Since 2018")
        about = db.session.scalars(select(Post).where(Post.kind == "page")).one()
        assert (about.slug, about.plain) == ("about", "All about me.")
        assert report.number(Kind.SETTINGS, Outcome.ADDED) == 1

    def test_a_blog_mostly_in_chinese_is_set_up_in_chinese(self, old: OtherBlog) -> None:
        for n in range(5):
            old.post(f"第{n}篇文章", "<p>今天天气很好，我们去公园散步。</p>")
        bring(old)
        assert db.session.scalar(select(Site.language)) == "zh-Hans"

    def test_old_addresses_redirect(self, other: OtherBlog) -> None:
        bring(other)
        assert target_of("/post/1") == "/post/hello-world"
        assert target_of("/category/2") == "/category/xue-xi"

    def test_nobody_is_written_to_and_no_event_is_kept(self, other: OtherBlog) -> None:
        bring(other)
        for model in (OutgoingMail, AuditEvent):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0
        assert all(db.session.scalars(select(Comment.reply_mailed)))

    def test_the_default_category_is_the_one_that_was_numbered_one(self, old: OtherBlog) -> None:
        bring(old)
        assert default_category().name == "Default"

    def test_without_categories_there_is_a_default_one(self, tmp_path: Path) -> None:
        blog = on_file(tmp_path / "bare.db")
        blog.admin()
        bring(blog)
        blog.close()
        assert default_category().slug == "general"


@pytest.mark.usefixtures("context")
class TestIntoABlogInUse:
    def test_settings_stay(self, other: OtherBlog) -> None:
        _write_something()
        report = bring(other)
        assert db.session.scalar(select(Site.title)) == "The Lantern"
        assert report.number(Kind.SETTINGS, Outcome.SKIPPED) == 1
        assert default_category().name == "General"

    def test_settings_are_taken_into_one_that_was_only_set_up(self, other: OtherBlog) -> None:
        bring(other)
        assert db.session.scalar(select(Site.title)) == "Old Lantern"
        assert default_category().name == "Default"

    def test_an_account_of_that_username_becomes_the_author_unchanged(self, old: OtherBlog) -> None:
        old.execute("UPDATE admin SET username = 'Alice'")
        alice = db.session.scalars(select(User).where(User.username == "alice")).one()
        before = (alice.id, alice.password_hash, alice.role, alice.email, alice.name)
        report = bring(old, email="elsewhere@example.com")
        assert before == (alice.id, alice.password_hash, alice.role, alice.email, alice.name)
        assert set(db.session.scalars(select(PostAuthor.user_id))) == {alice.id}
        assert report.number(Kind.ACCOUNT, Outcome.ATTACHED) == 1

    def test_an_address_of_somebody_else_is_refused_and_nothing_comes_in(
        self, old: OtherBlog
    ) -> None:
        before = row_counts()
        with pytest.raises(RuleBroken) as refusal:
            bring(old, email="EVE@example.com")
        assert refusal.value.field == "email"
        assert row_counts() == before

    def test_a_category_of_the_same_name_is_the_same(self, old: OtherBlog) -> None:
        old.execute("UPDATE category SET name = 'GENERAL' WHERE id = 1")
        report = bring(old)
        assert report.number(Kind.CATEGORY, Outcome.ATTACHED) == 1
        assert target_of("/category/1") == "/category/general"
        assert db.session.scalar(select(func.count()).select_from(Category)) == 2

    def test_taken_slugs_get_a_number(self, old: OtherBlog) -> None:
        _write_something("hello-world")
        bring(old)
        assert post_titled("Hello world").slug == "hello-world-2"

    def test_an_old_number_leads_to_the_old_post_though_one_here_has_it(
        self, old: OtherBlog
    ) -> None:
        _write_something()
        assert db.session.get(Post, 1) is not None
        bring(old)
        assert target_of("/post/1") == "/post/hello-world"

    def test_a_link_that_is_here_is_not_added_again(self, old: OtherBlog) -> None:
        db.session.add(Link(name="Known", url="https://friend.example/"))
        db.session.commit()
        report = bring(old)
        assert report.number(Kind.LINK, Outcome.SKIPPED) == 1
        assert db.session.scalars(select(Link.name)).all() == ["Known"]


def _write_something(slug: str = "here-before") -> None:
    post = Post(title="Here before", slug=slug, language="en", created_at=NOW, updated_at=NOW)
    db.session.add(post)
    db.session.commit()
