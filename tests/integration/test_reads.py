"""Reads are counted from the access log: whose, of what, and never of whom."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from bluelog.extensions import db
from bluelog.models import ContentRevision, Post, PostRead, PostReadTotal, PostStatus, Site
from bluelog.queries import reads
from bluelog.services import reads as counting
from tests.conftest import NOW
from tests.making import make_post
from tests.reading import FIREFOX, Log, count_of, later, sources_of

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture
def log(context: Flask, tmp_path: Path) -> Log:
    return Log(context, tmp_path / "nginx.log")


@pytest.fixture
def post(cast: SimpleNamespace) -> Post:
    return make_post(cast.alice)


def test_a_read_is_counted_by_day_month_and_site(log: Log, post: Post) -> None:
    log.add("/post/a-post", referrer="https://www.example.org/list?user=7")
    log.add("/post/a-post?before=1", address="203.0.113.6", at=NOW + timedelta(days=1))
    assert log.read() == 2
    assert count_of(post) == 2
    rows = db.session.execute(select(PostRead.day, PostRead.source, PostRead.count))
    assert sorted(rows) == [(date(2026, 3, 10), "example.org", 1), (date(2026, 3, 11), "", 1)]
    assert [found.id for found, _ in reads.most_read("2026-03")] == [post.id]
    assert reads.of_site(date(2026, 3, 11), 7).total(7) == 2


def test_a_reader_counts_once_a_day_however_often_the_page_is_loaded(log: Log, post: Post) -> None:
    for hour in (0, 1, 2):
        log.add("/post/a-post", at=later(hour))
    log.read()
    log.add("/post/a-post", at=later(3), status=304)
    log.add("/post/a-post", address="203.0.113.6")
    log.add("/post/a-post", at=later(24))
    log.read()
    assert count_of(post) == 3


@pytest.mark.parametrize(
    "said",
    [
        {"agent": GOOGLEBOT},
        {"agent": "curl/8.5.0"},
        {"agent": "-"},
        {"method": "HEAD"},
        {"method": "POST"},
        {"status": 404},
        {"status": 503},
        {"purpose": "prefetch;prerender"},
        {"at": NOW - timedelta(days=30)},
    ],
    ids=str,
)
def test_what_is_no_read_is_not_counted(log: Log, post: Post, said: dict[str, object]) -> None:
    log.add("/post/a-post", **said)
    assert log.read() == 1
    assert count_of(post) == 0


def test_not_modified_is_a_read(log: Log, post: Post) -> None:
    log.add("/post/a-post", status=304)
    log.read()
    assert count_of(post) == 1


def test_a_draft_that_its_writer_looks_at_is_not_read(log: Log, cast: SimpleNamespace) -> None:
    draft = make_post(cast.alice, "Draft", status=PostStatus.DRAFT)
    private = make_post(cast.alice, "Private", status=PostStatus.PRIVATE)
    log.add("/post/draft")
    log.add("/post/private")
    log.read()
    assert (count_of(draft), count_of(private)) == (0, 0)


def test_native_slugs_pages_and_addresses_that_moved_since_are_found(
    log: Log, cast: SimpleNamespace
) -> None:
    chinese = make_post(cast.alice, "雨后", slug="雨后")
    about = make_post(cast.eve, "About", kind="page")
    db.session.execute(
        text("INSERT INTO redirect (path, target, created_at) VALUES ('/post/old', :to, :at)"),
        {"to": "/post/雨后", "at": NOW},
    )
    db.session.commit()
    log.add("/post/%E9%9B%A8%E5%90%8E")
    log.add("/post/old", address="203.0.113.6")
    log.add("/post/" + r"\xE9\x9B\xA8\xE5\x90\x8E", address="203.0.113.7")
    log.add("/about")
    log.read()
    assert (count_of(chinese), count_of(about)) == (3, 1)


def test_days_are_those_of_the_sites_zone(log: Log, post: Post) -> None:
    db.session.scalars(select(Site)).one().time_zone = "Asia/Shanghai"
    db.session.commit()
    log.add("/post/a-post", at=NOW.replace(hour=17))
    log.read()
    assert db.session.scalars(select(PostRead.day)).all() == [date(2026, 3, 11)]


def test_the_own_site_and_no_site_stand_apart(log: Log, post: Post) -> None:
    for n, referrer in enumerate(("http://localhost/", "-", "app:x", "https://Example.ORG:8080/")):
        log.add("/post/a-post", referrer=referrer, address=f"203.0.113.{n}")
    log.read()
    assert sources_of(post) == {".": 1, "": 2, "example.org": 1}


def test_a_flood_of_made_up_sites_makes_a_bounded_number_of_rows(log: Log, post: Post) -> None:
    for n in range(200):
        log.add("/post/a-post", referrer=f"https://s{n}.example/", address=f"10.0.0.{n}")
    log.read()
    log.add("/post/a-post", referrer="https://late.example/", address="10.0.1.1")
    log.read()
    found = sources_of(post)
    assert len(found) == counting.MOST_SITES_A_DAY + 1
    assert found["*"] == 151
    assert count_of(post) == 201


def test_no_address_is_stored_anywhere(log: Log, post: Post) -> None:
    log.add("/post/a-post", address="198.51.100.77", referrer="https://example.org/who?mail=x@y")
    log.add("/nowhere", address="198.51.100.77", status=404, referrer="https://e.org/a?secret=1#b")
    log.read()
    stored = ""
    for table in inspect(db.engine).get_table_names():
        stored += str(db.session.execute(text(f'SELECT * FROM "{table}"')).all())  # noqa: S608
    assert "e.org/a" in stored
    for said in ("198.51.100.77", "mail=x", "secret", FIREFOX):
        assert said not in stored


def test_counting_changes_nothing_that_cached_pages_depend_on(log: Log, post: Post) -> None:
    def state() -> tuple[object, ...]:
        db.session.rollback()
        found = db.session.get_one(Post, post.id)
        revision = db.session.scalars(select(ContentRevision)).one()
        return found.version, found.revision, found.updated_at, revision.content, revision.frame

    before = state()
    log.add("/post/a-post")
    log.read()
    assert count_of(post) == 1
    assert state() == before


def test_counts_go_with_their_post(log: Log, post: Post) -> None:
    log.add("/post/a-post")
    log.read()
    db.session.delete(db.session.get_one(Post, post.id))
    db.session.commit()
    assert db.session.scalars(select(PostRead)).all() == []
    assert db.session.scalars(select(PostReadTotal)).all() == []
    assert reads.of_site(NOW.date(), 7).total(7) == 1
