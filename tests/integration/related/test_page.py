"""What a post's page tells of related posts."""

from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import event

from bluelog.extensions import db
from bluelog.models import Post, PostKind, PostRelation
from bluelog.queries.beside import MOST_RELATED
from bluelog.services import posts, series
from bluelog.uow import unit_of_work
from tests.browsing import browser
from tests.conftest import NOW
from tests.integration.related.steps import change, relate, shown, write
from tests.wandering import ACTS, Wanderer

OLDEST = NOW - timedelta(days=60)


def tell(post_id: int, *others: int) -> None:
    """Keep these as relatives of the post, the closest first."""
    for place, other in enumerate(others):
        db.session.add(PostRelation(post_id=post_id, related_id=other, score=100 - place))
    db.session.commit()


def in_a_row(cast: SimpleNamespace, count: int) -> list[int]:
    """Posts of one day each, the oldest first."""
    days = (OLDEST + timedelta(days=n) for n in range(count))
    return [write(cast.alice, f"No {n}", published_at=day) for n, day in enumerate(days)]


def test_the_closest_four_are_shown(cast: SimpleNamespace, client: FlaskClient) -> None:
    ids = in_a_row(cast, 12)
    tell(ids[0], ids[9], ids[3], ids[7], ids[5], ids[6])
    assert shown(client, "/post/no-0") == ["No 9", "No 3", "No 7", "No 5"]
    page = LexborHTMLParser(client.get("/post/no-0").text)
    nav = page.css_first("nav.related")
    assert nav is not None
    heading = page.css_first(f"#{nav.attributes['aria-labelledby']}")
    assert heading is not None
    assert heading.text() == "Related"
    assert next(a.attributes["href"] for a in nav.css("a")) == "/post/no-9"
    assert MOST_RELATED == 4


def test_a_post_without_relatives_says_nothing(cast: SimpleNamespace, client: FlaskClient) -> None:
    in_a_row(cast, 3)
    assert shown(client, "/post/no-1") == []
    assert "Related" not in client.get("/post/no-1").text


def test_what_the_page_links_to_anyway_is_not_told_again(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    ids = in_a_row(cast, 9)
    with unit_of_work():
        for part, place in enumerate((1, 4, 7), 1):
            series.put_in(db.session.get_one(Post, ids[place]), "Voyages", part)
    tell(ids[4], *(ids[n] for n in (3, 5, 1, 7, 8, 0)))
    assert shown(client, "/post/no-4") == ["No 8", "No 0"]


def test_neighbours_alone_are_no_reason_for_a_list(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    ids = in_a_row(cast, 3)
    tell(ids[1], ids[0], ids[2])
    assert shown(client, "/post/no-1") == []


@pytest.mark.parametrize("status", ["draft", "pending", "private", "trashed"])
@pytest.mark.parametrize("who", [None, "alice", "ada"])
def test_what_is_not_public_is_shown_to_nobody(
    site: Flask, cast: SimpleNamespace, status: str, who: str | None
) -> None:
    ids = in_a_row(cast, 5)
    tell(ids[0], ids[2], ids[4])
    change(ids[2], status=status)
    assert shown(browser(site, who), "/post/no-0") == ["No 4"]


def test_a_scheduled_relative_shows_when_it_is_due(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    ids = in_a_row(cast, 4)
    with time_machine.travel(NOW, tick=False) as clock:
        soon = NOW + timedelta(hours=1)
        later = write(cast.alice, "Soon", status="scheduled", published_at=soon)
        tell(ids[0], later, ids[2])
        assert shown(client, "/post/no-0") == ["No 2"]
        clock.shift(timedelta(hours=1))
        assert shown(client, "/post/no-0") == ["Soon", "No 2"]


def test_each_title_says_its_language(cast: SimpleNamespace, client: FlaskClient) -> None:
    ids = in_a_row(cast, 4)
    change(ids[2], language="zh-Hans")
    tell(ids[0], ids[2])
    link = LexborHTMLParser(client.get("/post/no-0").text).css_first("nav.related a")
    assert link is not None
    assert link.attributes["lang"] == "zh-Hans"


def test_a_translation_is_linked_once(cast: SimpleNamespace, client: FlaskClient) -> None:
    ids = in_a_row(cast, 5)
    german = write(cast.alice, "Nein", language="de", translation_of=ids[0])
    tell(ids[0], ids[2])
    page = client.get("/post/no-0").text
    assert page.count('hreflang="de"') >= 1
    assert shown(client, "/post/no-0") == ["No 2"]
    assert german


def test_the_page_of_a_part_with_relatives_asks_eight_times_at_most(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    ids = in_a_row(cast, 9)
    with unit_of_work():
        for place in (1, 4):
            series.put_in(db.session.get_one(Post, ids[place]), "Voyages", None)
    tell(ids[4], ids[8], ids[0])
    client.get("/post/no-2")
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert shown(client, "/post/no-4") == ["No 8", "No 0"]
    selects = [sql for sql in asked if sql.startswith("SELECT")]
    assert 4 < len(selects) <= 8, selects


def test_a_page_that_was_kept_is_made_anew_and_lists_are_not(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    ids = in_a_row(cast, 5)
    relate()
    for path in ("/post/no-0", "/post/no-1", "/"):
        client.get(path)
        assert client.get(path).headers["Cache-Status"] == "bluelog; hit"
    tell(ids[0], ids[3])
    assert shown(client, "/post/no-0") == ["No 3"]
    assert client.get("/post/no-1").headers["Cache-Status"] == "bluelog; hit"
    assert client.get("/").headers["Cache-Status"] == "bluelog; hit"


@pytest.mark.parametrize("seed", [7, 11, 2026])
def test_whatever_happens_only_public_posts_are_told_of(
    site: Flask, cast: SimpleNamespace, client: FlaskClient, seed: int
) -> None:
    for number in range(6):
        write(cast.alice, f"Start {number}", "Lamps" if number % 2 else "Brass")
    chance, at, told = Random(seed), NOW, 0
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(60):
            passed = timedelta(minutes=chance.choice([1, 5, 45]))
            clock.shift(passed)
            at += passed
            Wanderer(chance, at).act(chance.choice(list(ACTS)))
            if chance.random() < 0.6:
                relate()
            told += _check(client, at)
    assert told > 20, "a walk that finds no relatives says nothing"


def _check(client: FlaskClient, at: datetime) -> int:
    """How many relatives are told of on all pages; each must be public."""
    public = {p.slug for p in db.session.scalars(db.select(Post)) if p.is_public_at(at)}
    slugs = db.session.scalars(db.select(Post.slug).where(Post.kind == PostKind.POST)).all()
    db.session.rollback()
    told = 0
    for slug in public & set(slugs):
        page = LexborHTMLParser(client.get(f"/post/{slug}").text)
        found = [a.attributes["href"] or "" for a in page.css("nav.related a")]
        assert {path.removeprefix("/post/") for path in found} <= public - {slug}
        told += len(found)
    return told


def test_withdrawing_takes_a_relative_off_a_page_that_was_kept(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    ids = in_a_row(cast, 5)
    tell(ids[0], ids[2])
    assert shown(client, "/post/no-0") == ["No 2"]
    posts.trash(ids[2], by=cast.eve, at=NOW)
    assert shown(client, "/post/no-0") == []
