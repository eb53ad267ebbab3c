"""What editors pin stands first on the home page, and nowhere else."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import event

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.models import AuditEvent, Category, Post
from bluelog.queries.home import MOST_PINNED, home_page
from bluelog.queries.paging import Window
from bluelog.services import overdue, pins, posts
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post, tag

MINUTE = timedelta(minutes=1)


def several(cast: SimpleNamespace, count: int) -> list[int]:
    """As many public posts, the oldest first."""
    start = NOW - timedelta(days=3)
    made = [
        make_post(cast.alice, f"Post {number}", published_at=start + number * MINUTE).id
        for number in range(count)
    ]
    db.session.rollback()
    return made


def pin(cast: SimpleNamespace, post_id: int, at: datetime = NOW) -> None:
    pins.pin(post_id, by=cast.eve, at=at)


def titles(client: FlaskClient, path: str = "/") -> list[str]:
    page = LexborHTMLParser(client.get(path).text)
    return [node.text(strip=True) for node in page.css("main h2 a")]


def marked(client: FlaskClient, path: str = "/") -> list[str]:
    """The titles of what is told to be pinned."""
    cards = LexborHTMLParser(client.get(path).text).css("main article")
    heads = [(card.css_first("h2"), card.css_first(".meta")) for card in cards]
    return [h.text(strip=True) for h, meta in heads if h and meta and "Pinned" in meta.text()]


def test_the_last_pinned_stands_first_and_none_is_told_twice(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    ids = several(cast, 14)
    pin(cast, ids[2])
    pin(cast, ids[13], NOW + MINUTE)
    first = titles(client)
    assert first[:3] == ["Post 13", "Post 2", "Post 12"]
    assert marked(client) == ["Post 13", "Post 2"]
    page = LexborHTMLParser(client.get("/").text)
    older = page.css_first(".pager a[rel=next]")
    assert older is not None
    rest = titles(client, str(older.attributes["href"]))
    assert len(first) == 12
    assert rest == ["Post 1", "Post 0"]
    assert marked(client, str(older.attributes["href"])) == []


def test_pages_are_as_long_as_ever_whichever_way_they_are_walked(
    cast: SimpleNamespace,
) -> None:
    ids = several(cast, 12)
    pin(cast, ids[5])
    forth = home_page(NOW, Window(4))
    seen = [[card.post.id for card in forth.page.items]]
    while forth.page.after:
        forth = home_page(NOW, Window(4, after=forth.page.after))
        assert forth.pinned == []
        seen.append([card.post.id for card in forth.page.items])
    assert [id_ for ids_ in seen for id_ in ids_] == [i for i in reversed(ids) if i != ids[5]]
    assert [len(ids_) for ids_ in seen] == [4, 4, 3]
    back = home_page(NOW, Window(4, before="end"))
    found = [[card.post.id for card in back.page.items]]
    while back.page.before:
        back = home_page(NOW, Window(4, before=back.page.before))
        found.append([card.post.id for card in back.page.items])
    assert [id_ for ids_ in reversed(found) for id_ in ids_] == [i for ids_ in seen for i in ids_]


def test_an_old_numbered_page_begins_where_the_page_before_it_ends(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    ids = several(cast, 14)
    pin(cast, ids[4])
    answer = client.get("/?page=2")
    assert answer.status_code == 301
    assert titles(client, answer.location) == ["Post 2", "Post 1", "Post 0"]


def test_other_lists_stay_as_they_are(cast: SimpleNamespace, client: FlaskClient) -> None:
    ids = several(cast, 3)
    for id_ in ids:
        tag(db.session.get_one(Post, id_), "Lamps")
    paths = ["/category/general", "/tag/lamps", "/author/alice", "/archive/2026", "/feed.atom"]
    before = {path: client.get(path).data for path in paths}
    pin(cast, ids[0])
    assert {path: client.get(path).data for path in paths} == before
    assert titles(client)[0] == "Post 0"


def test_a_blog_of_pinned_posts_alone_is_not_called_empty(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    pin(cast, make_post(cast.alice).id)
    page = client.get("/").text
    assert titles(client) == ["A post"]
    assert "Nothing is published yet" not in page
    assert LexborHTMLParser(page).css_first(".pager") is None


def test_what_is_scheduled_may_be_pinned_and_shows_when_it_is_due(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        several(cast, 2)
        soon = make_post(
            cast.alice, "Soon", status="scheduled", published_at=NOW + timedelta(hours=1)
        )
        pin(cast, soon.id)
        assert titles(client) == ["Post 1", "Post 0"]
        clock.shift(timedelta(hours=1))
        assert titles(client) == ["Soon", "Post 1", "Post 0"]
        assert overdue.publish(NOW + timedelta(hours=1)) == 1
        assert titles(client) == ["Soon", "Post 1", "Post 0"]


@pytest.mark.parametrize("verb", [posts.withdraw, posts.make_private])
def test_what_is_no_longer_public_is_no_longer_pinned(
    cast: SimpleNamespace, client: FlaskClient, verb: object
) -> None:
    ids = several(cast, 2)
    pin(cast, ids[0])
    kept = db.session.get_one(Post, ids[0])
    content = posts.Content(kept.title, kept.source, "en", slug=kept.slug)
    verb(ids[0], content, version=kept.version, by=cast.eve, at=NOW)  # type: ignore[operator]
    assert db.session.get_one(Post, ids[0]).pinned_at is None
    assert titles(client) == ["Post 1"]


def test_the_trash_holds_nothing_pinned_and_gives_its_place_back(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    ids = several(cast, 2)
    pin(cast, ids[0])
    posts.trash(ids[0], by=cast.eve, at=NOW)
    assert titles(client) == ["Post 1"]
    posts.restore(ids[0], by=cast.eve, at=NOW)
    assert titles(client) == ["Post 1", "Post 0"]
    assert marked(client) == []


def test_no_more_than_five_are_pinned(cast: SimpleNamespace) -> None:
    ids = several(cast, MOST_PINNED + 1)
    for id_ in ids[:MOST_PINNED]:
        pin(cast, id_)
    with pytest.raises(RuleBroken, match="5 posts are pinned already"):
        pin(cast, ids[MOST_PINNED])
    pin(cast, ids[0], NOW + MINUTE)
    assert db.session.get_one(Post, ids[0]).pinned_at == NOW
    pins.unpin(ids[0], by=cast.eve, at=NOW)
    pin(cast, ids[MOST_PINNED])


def test_only_posts_that_are_or_will_be_public_are_pinned(cast: SimpleNamespace) -> None:
    page = make_post(cast.ada, "Imprint", kind="page").id
    draft, private = (make_post(cast.alice, s, status=s).id for s in ("draft", "private"))
    for id_ in (page, draft, private):
        with pytest.raises(RuleBroken, match="published or scheduled"):
            pin(cast, id_)
    with pytest.raises(NotFound):
        pin(cast, 999)


def test_authors_pin_nothing_not_even_what_is_theirs(cast: SimpleNamespace) -> None:
    made = make_post(cast.alice).id
    for verb in (pins.pin, pins.unpin):
        with pytest.raises(NotAllowed):
            verb(made, by=cast.alice, at=NOW)
        with pytest.raises(NotFound):
            verb(made, by=cast.bob, at=NOW)


def test_pinning_is_noted_once_and_leaves_the_version_alone(cast: SimpleNamespace) -> None:
    made = make_post(cast.alice).id
    pin(cast, made)
    pin(cast, made, NOW + MINUTE)
    pins.unpin(made, by=cast.eve, at=NOW)
    pins.unpin(made, by=cast.eve, at=NOW)
    acts = db.session.scalars(db.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [act for act in acts if "pin" in act] == ["post.pinned", "post.unpinned"]
    assert db.session.get_one(Post, made).version == 1


def acts_of(page: str) -> list[str]:
    """Where the forms and buttons about pins lead."""
    tree = LexborHTMLParser(page)
    found = [node.attributes.get("action") for node in tree.css("form")]
    found += [node.attributes.get("formaction") for node in tree.css("button")]
    return [address for address in found if address and "/pin" in address]


def test_editors_pin_from_the_list_and_authors_do_not(site: Flask, cast: SimpleNamespace) -> None:
    made = make_post(cast.alice).id
    db.session.rollback()
    assert acts_of(browser(site, "alice").get("/admin/posts").text) == []
    client = browser(site, "eve")
    [address] = acts_of(client.get("/admin/posts").text)
    answer = post(client, address, headers={"Referer": "http://localhost/admin/posts?kind=post"})
    assert (answer.status_code, answer.location) == (302, "/admin/posts?kind=post")
    page = client.get("/admin/posts").text
    assert "It is pinned to the home page." in page
    row = LexborHTMLParser(page).css_first("tr[data-row]")
    assert row is not None
    assert "Pinned" in row.text()
    [address] = acts_of(page)
    assert address == f"/admin/posts/{made}/pin/removal"
    post(client, address)
    assert db.session.get_one(Post, made, populate_existing=True).pinned_at is None


def test_a_refusal_is_told_in_the_list(site: Flask, cast: SimpleNamespace) -> None:
    ids = several(cast, MOST_PINNED + 1)
    for id_ in ids[:MOST_PINNED]:
        pin(cast, id_)
    client = browser(site, "eve")
    post(client, f"/admin/posts/{ids[-1]}/pin")
    assert "5 posts are pinned already. Unpin one of them first." in client.get("/admin/").text


def test_the_editor_pins_and_keeps_what_is_typed(site: Flask, cast: SimpleNamespace) -> None:
    made = make_post(cast.alice).id
    general = db.session.scalars(db.select(Category.id)).one()
    db.session.rollback()
    client = browser(site, "eve")
    [address] = acts_of(client.get(f"/admin/posts/{made}/edit").text)
    typed = {"title": "Typed", "source": "<p>Typed too</p>", "language": "en", "version": "1"}
    answer = post(client, address, typed | {"category_id": str(general)})
    assert answer.status_code == 200
    tree = LexborHTMLParser(answer.text)
    title = tree.css_first("#title")
    assert title is not None
    assert title.text() == "Typed"
    assert acts_of(answer.text) == [f"/admin/posts/{made}/pin/removal"]
    kept = db.session.get_one(Post, made, populate_existing=True)
    assert (kept.title, kept.pinned_at is not None) == ("A post", True)


def test_the_home_page_asks_four_times_at_most(
    cast: SimpleNamespace, site: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = several(cast, 14)
    for id_ in ids[:3]:
        pin(cast, id_)
    client.get("/?before=end")
    engine, asked = db.engine, []
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    assert client.get("/").status_code == 200
    selects = [sql for sql in asked if sql.startswith("SELECT")]
    assert 2 <= len(selects) <= 4, selects
