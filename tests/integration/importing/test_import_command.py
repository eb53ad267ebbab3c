"""`flask import bluelog`, on made-up blogs, on a real one and from PostgreSQL."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from bluelog.extensions import db
from bluelog.models import Category, Comment, Post, Site, User
from bluelog.operations.importing.report import Kind, Outcome
from bluelog.operations.importing.source import opened
from bluelog.queries.redirects import target_of
from tests.databases import POSTGRES
from tests.integration.importing.sources import OtherBlog, furnish, on_file
from tests.integration.importing.steps import bring, post_titled, row_counts

REAL = Path(__file__).parents[4] / "shared" / "data" / "bluelog" / "data-dev.db"


def run(app: Flask, *args: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=["import", "bluelog", *args], input=typed)


class TestCommand:
    def test_it_says_where_it_writes_and_what_it_did(self, empty: Flask, old: OtherBlog) -> None:
        result = run(empty, old.address)
        assert result.exit_code == 0
        assert "testing" in result.output
        assert empty.config["SQLALCHEMY_DATABASE_URI"].rpartition("/")[2] in result.output
        assert "Bluelog, first edition, “Old Lantern”" in result.output
        rows = [line.split() for line in result.output.splitlines()]
        assert ["Posts", "2", "0", "0", "0"] in rows
        assert ["Comments", "3", "0", "0", "0"] in rows
        assert post_titled("Hello world")

    def test_a_rehearsal_says_so(self, empty: Flask, old: OtherBlog) -> None:
        before = row_counts()
        result = run(empty, old.address, "--dry-run")
        assert result.exit_code == 0
        assert "nothing was written" in result.output
        assert row_counts() == before

    def test_a_wrong_source_is_a_sentence_and_no_traceback(self, empty: Flask) -> None:
        result = run(empty, "/nowhere/at-all.db")
        assert result.exit_code == 1
        assert "There is no file /nowhere/at-all.db. Nothing was imported." in result.output
        assert "Traceback" not in result.output

    def test_without_tables_it_says_how_to_make_them(self, empty: Flask, old: OtherBlog) -> None:
        db.drop_all()
        result = run(empty, old.address)
        assert result.exit_code == 1
        assert "flask db upgrade" in result.output

    @pytest.mark.parametrize(
        "options", [["--email", "nobody"], ["--uploads", "/nowhere"], ["--unknown"]]
    )
    def test_wrong_options_are_refused_before_anything_is_read(
        self, empty: Flask, old: OtherBlog, options: list[str]
    ) -> None:
        before = row_counts()
        assert run(empty, old.address, *options).exit_code == 2
        assert row_counts() == before

    def test_an_address_that_is_taken_is_a_sentence(self, context: Flask, old: OtherBlog) -> None:
        result = run(context, old.address, "--email", "eve@example.com")
        assert result.exit_code == 1
        assert "There is an account with this address already." in result.output

    def test_the_address_is_given_to_the_account(self, empty: Flask, old: OtherBlog) -> None:
        run(empty, old.address, "--email", "mima@example.com")
        assert db.session.scalar(select(User.email)) == "mima@example.com"


@pytest.fixture
def coded(tmp_path: Path) -> Iterator[OtherBlog]:
    """A blog of the second edition with code of its own."""
    blog = on_file(tmp_path / "coded.db", 2)
    blog.admin(custom_js="let mine = 1", custom_css="p { margin: 0 }")
    yield blog
    blog.close()


class TestCustomCode:
    @pytest.mark.parametrize(("typed", "taken"), [("y\n", "let mine = 1"), ("n\n", "")])
    def test_it_is_shown_and_asked_about(
        self, empty: Flask, coded: OtherBlog, typed: str, taken: str
    ) -> None:
        result = run(empty, coded.address, typed=typed)
        assert "let mine = 1" in result.output
        site = db.session.scalars(select(Site)).one()
        assert (site.title, site.custom_js) == ("Old Lantern", taken)

    def test_without_an_answer_nothing_comes_in(self, empty: Flask, coded: OtherBlog) -> None:
        before = row_counts()
        assert run(empty, coded.address, typed="").exit_code == 1
        assert row_counts() == before

    def test_a_rehearsal_shows_it_and_does_not_ask(self, empty: Flask, coded: OtherBlog) -> None:
        result = run(empty, coded.address, "--dry-run")
        assert result.exit_code == 0
        assert "let mine = 1" in result.output

    def test_yes_answers_before(self, empty: Flask, coded: OtherBlog) -> None:
        result = run(empty, coded.address, "--yes")
        assert "Custom JavaScript was taken over (12 characters)" in result.output
        assert db.session.scalar(select(Site.custom_js)) == "let mine = 1"

    def test_it_is_asked_about_once(self, empty: Flask, coded: OtherBlog) -> None:
        bring(coded, with_code=False)
        result = run(empty, coded.address)
        assert result.exit_code == 0
        assert "let mine" not in result.output

    def test_a_blog_in_use_is_not_asked(
        self, context: Flask, coded: OtherBlog, old: OtherBlog
    ) -> None:
        bring(old)
        result = run(context, coded.address)
        assert result.exit_code == 0
        assert "let mine" not in result.output


@pytest.mark.usefixtures("empty")
@pytest.mark.skipif(not REAL.exists(), reason=f"the real database is not at {REAL}")
class TestRealBlog:
    def test_all_of_it_comes_in_once(self) -> None:
        report = bring(str(REAL))
        added = {kind: report.number(kind, Outcome.ADDED) for kind in Kind}
        assert (added[Kind.POST], added[Kind.COMMENT], added[Kind.CATEGORY]) == (50, 650, 11)
        assert added[Kind.ADDRESS] == 61
        assert report.number(Kind.LINK, Outcome.SKIPPED) == 4
        counts = row_counts()
        bring(str(REAL))
        assert row_counts() == counts

    def test_the_answers_across_posts_stand_alone_and_are_named(self) -> None:
        report = bring(str(REAL))
        (oddity,) = [odd for odd in report.oddities() if "on another post" in odd]
        assert report.oddities()[oddity][0] == 49
        answers = select(func.count()).where(Comment.parent_id.is_not(None))
        assert db.session.scalar(answers) == 1

    def test_states_and_counts_are_those_of_the_old_blog(self) -> None:
        bring(str(REAL))
        states = select(Comment.status, func.count()).group_by(Comment.status)
        assert dict(db.session.execute(states).all()) == {"approved": 600, "pending": 50}
        assert db.session.scalar(select(func.sum(Post.comment_count))) == 600
        assert db.session.scalar(select(func.sum(Category.post_count))) == 50
        staff = select(func.count()).where(Comment.from_staff, Comment.user_id.is_not(None))
        assert db.session.scalar(staff) == 50

    def test_every_old_number_leads_to_its_post(self) -> None:
        bring(str(REAL))
        with opened(str(REAL)) as source:
            for post in source.posts():
                target = f"/post/{post_titled(post.title).slug}"
                assert target_of(f"/post/{post.id}") == target


@pytest.fixture
def served(tmp_path: Path) -> Iterator[OtherBlog]:
    """A blog of the second edition on a PostgreSQL server."""
    if not POSTGRES:
        pytest.skip("BLUELOG_TEST_POSTGRES names no server")
    psycopg = pytest.importorskip("psycopg")
    name = f"other_{uuid.uuid4().hex[:12]}"
    url = f"{POSTGRES.rpartition('/')[0]}/{name}"
    server = create_engine(
        POSTGRES.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        blog = furnish(OtherBlog(url, psycopg.connect(url), 2))
        yield blog
        blog.close()
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


class TestFromPostgres:
    @pytest.mark.usefixtures("empty")
    def test_it_comes_in_like_any_other(self, served: OtherBlog) -> None:
        served.comment(2, "Across.", replied_id=1)
        report = bring(served)
        assert report.number(Kind.POST, Outcome.ADDED) == 2
        assert report.number(Kind.COMMENT, Outcome.ADDED) == 4
        assert post_titled("Hello world").comment_count == 2

    def test_a_wrong_password_is_not_repeated(self, empty: Flask, served: OtherBlog) -> None:
        wrong = served.address.rpartition("/")[0] + "/no_such_database"
        result = run(empty, wrong)
        assert result.exit_code == 1
        assert "The source cannot be read" in result.output
