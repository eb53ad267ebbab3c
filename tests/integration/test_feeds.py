"""Every feed there is, in each form, with all that may stand in a blog: valid, whole, complete."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from bluelog.extensions import db
from bluelog.models import Category, Post, Series, Tag, User
from bluelog.services import categories, comments, posts
from bluelog.text.machines import away_from_home, legal, pictures_in
from bluelog.web.feeds import FORMS, SIZE
from tests.conftest import NOW
from tests.databases import Databases
from tests.doing import Doing
from tests.feed_rules import ATOM, faults_of, read
from tests.making import YESTERDAY, make_comment, make_post, tag
from tests.pictures import keep, photograph
from tests.stage import Stage, staged

KINDS: dict[str, Any] = {"category": Category, "series": Series, "tag": Tag}
ODD = 'A <b>"post"</b> & 长长的标题 \x0b]]> \ufffe'
HTML = (
    '<h2 id="h-x">A &lt;head&gt;</h2><p lang="zh-Hans">中文 <a href="/about?a=1&amp;b=2">here</a> '
    '<a href="#fn-1">1</a> <a href="//other.example.org/">there</a> <a href="mailto:x@example.org">'
    'x</a> \x01\x0c</p><img src="/uploads/a.png" srcset="/uploads/a-3.png 3w, /uploads/a.png 9w" '
    'sizes="9px" alt="" loading="lazy"><pre tabindex="0">]]&gt;</pre>'
)


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("feeds")) as stage:
        with stage.app.app_context():
            _write(Doing(stage))
        stage.keep()
        yield stage


@pytest.fixture(autouse=True)
def put_back(stage: Stage) -> Iterator[None]:
    """Everything as it was, whatever a test did."""
    yield
    stage.restore()


def _write(do: Doing) -> None:
    """Posts and comments with all that XML and feed readers trip over."""
    picture = keep(photograph(200, 100), do.alice)
    post = make_post(do.alice, ODD, slug="奇-odd", html=HTML, summary=ODD, cover_id=picture.id)
    db.session.add(Category(name=ODD[:60], name_key="odd", slug="odd", is_default=False))
    do.alice.name, do.alice.bio = "Alice \x02 <i>", ODD
    db.session.commit()
    make_comment(post, f"Said {ODD}", html=HTML, name="G<uest> \x03")
    make_post(do.bob, "Without a summary", summary="", html="")


def addresses(stage: Stage, form: str) -> Iterator[str]:
    """One address of every feed that the URL map knows."""
    there = {
        "post": ("奇-odd",),
        "category": ("odd", "travel"),
        "tag": ("lamps",),
        "series": ("voyages",),
        "author": ("alice", "bob"),
    }
    adapter = stage.app.url_map.bind("localhost")
    for rule in stage.app.url_map.iter_rules():
        if "form" not in rule.arguments:
            continue
        if names := rule.arguments - {"form"}:
            for value in there[rule.rule.split("/")[1]]:
                yield adapter.build(rule.endpoint, {"form": form, min(names): value})
        else:
            yield adapter.build(rule.endpoint, {"form": form})


@pytest.mark.parametrize("feed_text", ["full", "excerpt"])
@pytest.mark.parametrize("form", FORMS)
def test_every_feed_is_valid(stage: Stage, form: str, feed_text: str) -> None:
    stage.change_site(feed_text=feed_text)
    found = list(addresses(stage, form))
    assert len(found) == 9
    for path in found:
        answer = stage.client().get(path)
        assert answer.status_code == 200, path
        url = f"http://localhost{path}"
        assert faults_of(form, answer.data, url, answer.headers["Content-Type"]) == [], path


def test_the_rules_find_what_is_wrong(stage: Stage) -> None:
    for form in FORMS:
        answer = stage.client().get(f"/feed.{form}")
        body, kind = answer.data, answer.headers["Content-Type"]
        assert faults_of(form, body, "http://localhost/another", kind)
        assert faults_of(form, body, f"http://localhost/feed.{form}", "text/html")
        assert faults_of(form, body.replace(b"http://localhost", b""), "", kind)
        dated = body.replace(b"2026-03-09T", b"9.3.2026 ").replace(b"Mar 2026", b"2026-03")
        assert faults_of(form, dated, f"http://localhost/feed.{form}", kind)


def test_a_feed_gives_the_whole_text_or_the_excerpt(stage: Stage) -> None:
    def given() -> set[str]:
        items = json.loads(stage.client().get("/feed.json").data)["items"]
        return {key for item in items for key in item if key.startswith("content_")}

    assert given() == {"content_html"}
    assert b"<content " in stage.client().get("/feed.atom").data
    stage.change_site(feed_text="excerpt")
    assert given() == {"content_text"}
    assert b"<content " not in stage.client().get("/feed.atom").data
    assert b"content:encoded>" not in stage.client().get("/feed.rss").data


def test_a_feed_tells_what_a_post_is_about(site: Flask, client: FlaskClient) -> None:
    with site.app_context():
        tag(make_post(the(User, username="alice"), slug="tagged"), "茶 & tea", "Rain")
    with time_machine.travel(NOW, tick=False):
        [item] = json.loads(client.get("/feed.json").data)["items"]
        [entry] = read(client.get("/feed.atom").data).findall(f"{ATOM}entry")
        [told] = read(client.get("/feed.rss").data).iter("item")
    expected = ["General", "茶 & tea", "Rain"]
    assert item["tags"] == expected
    assert [each.get("term") for each in entry.findall(f"{ATOM}category")] == expected
    assert [each.text for each in told.findall("category")] == expected


def ids(client: FlaskClient, path: str) -> list[str]:
    feed = read(client.get(path).data)
    return [entry.findtext(f"{ATOM}id") or "" for entry in feed.findall(f"{ATOM}entry")]


def test_a_feed_shows_the_newest_of_what_its_page_lists(site: Flask, client: FlaskClient) -> None:
    with site.app_context():
        alice = the(User, username="alice")
        for number in range(SIZE + 5):
            when = YESTERDAY - timedelta(hours=number)
            make_post(alice, f"Post {number}", published_at=when)
        make_post(alice, "Hidden", status="draft")
        make_post(alice, "Someday", status="scheduled", published_at=NOW + timedelta(days=9999))
    for path in ("/feed.atom", "/category/general/feed.atom", "/author/alice/feed.atom"):
        feed = read(client.get(path).data)
        titles = [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]
        assert titles == [f"Post {number}" for number in range(SIZE)]
        assert feed.findtext(f"{ATOM}updated") == "2026-03-09T12:00:00Z"


def the(model: Any, **values: Any) -> Any:
    return db.session.scalars(db.select(model).filter_by(**values)).one()


def test_ids_outlive_every_renaming(stage: Stage) -> None:
    client = stage.client()
    before = ids(client, "/feed.atom"), ids(client, "/post/bobs-published/feed.atom")
    with stage.app.app_context():
        do = Doing(stage)
        do.change("bobs_published", slug="moved", title="Another title")
        categories.change(do.id("general"), "Renamed", slug="renamed", by=do.eve, at=NOW)
        do.prefer(title="Another blog")
    stage.app.config["BLUELOG_URL"] = "https://moved.example.org"
    after = ids(client, "/feed.atom"), ids(client, "/post/moved/feed.atom")
    assert set(after[0]) == set(before[0])
    assert after[1] == before[1]
    assert b"https://moved.example.org/post/moved" in client.get("/feed.rss").data
    stage.app.config["BLUELOG_URL"] = "http://localhost"


def test_a_changed_text_is_told_as_an_update(stage: Stage) -> None:
    later = NOW + timedelta(hours=3)
    with stage.app.app_context():
        do = Doing(stage)
        post = do.alices_published
        content = do.content("alices_published", source="<p>Better</p>")
        posts.save(post.id, content, version=post.version, by=do.eve, at=later)
    feed = read(stage.client().get("/feed.atom").data)
    [entry] = (
        e for e in feed.findall(f"{ATOM}entry") if "Alices" in str(e.findtext(f"{ATOM}title"))
    )
    assert entry.findtext(f"{ATOM}published") == "2026-03-09T12:00:00Z"
    assert entry.findtext(f"{ATOM}updated") == "2026-03-10T15:00:00Z"
    assert feed.findtext(f"{ATOM}updated") == "2026-03-10T15:00:00Z"


def test_a_comment_let_in_later_is_told_as_an_update(stage: Stage) -> None:
    later = NOW + timedelta(hours=3)
    with stage.app.app_context():
        do = Doing(stage)
        waiting = make_comment(do.bobs_published, "Waited", status="pending")
        comments.approve([waiting.id], by=do.eve, at=later)
    for path in ("/comments/feed.atom", "/post/bobs-published/feed.atom"):
        feed = read(stage.client().get(path).data)
        entries = feed.findall(f"{ATOM}entry")
        [entry] = (e for e in entries if "Waited" in "".join(e.itertext()))
        assert entry.findtext(f"{ATOM}published") == "2026-03-09T12:00:00Z"
        assert entry.findtext(f"{ATOM}updated") == "2026-03-10T15:00:00Z"
        assert feed.findtext(f"{ATOM}updated") == "2026-03-10T15:00:00Z"


@pytest.mark.parametrize("kind", KINDS)
def test_what_takes_the_id_of_what_is_gone_is_not_taken_for_it(stage: Stage, kind: str) -> None:
    def told(name: str, at: datetime) -> str:
        """The name of the feed of a new row that has always the same id."""
        with stage.app.app_context(), time_machine.travel(at, tick=False):
            row = KINDS[kind](id=901, name=name, name_key=name, slug=name)
            db.session.add(row)
            db.session.commit()
            its = {} if kind == "tag" else {f"{kind}_id": row.id}
            post = make_post(Doing(stage).alice, f"In {name}", **its)
            if kind == "tag":
                tag(post, name)
        feed = read(stage.client().get(f"/{kind}/{name}/feed.atom").data)
        with stage.app.app_context():
            db.session.execute(db.delete(Post).where(Post.slug == f"in-{name}"))
            db.session.execute(db.delete(KINDS[kind]).where(KINDS[kind].id == 901))
            db.session.commit()
        return str(feed.findtext(f"{ATOM}id"))

    assert told("first", NOW) != told("second", NOW + timedelta(minutes=1))


def test_comments_of_hidden_posts_and_hidden_comments_are_in_no_feed(stage: Stage) -> None:
    client = stage.client()
    for path in ("/comments/feed.json", "/post/bobs-published/feed.json"):
        said = [item["content_html"] for item in json.loads(client.get(path).data)["items"]]
        assert "Said back" in said[0] if path.startswith("/post") else said
        assert not [text for text in said if "pending" in text or "spam" in text]
    with stage.app.app_context():
        posts.trash(Doing(stage).id("bobs_published"), by=Doing(stage).eve, at=NOW)
    assert client.get("/post/bobs-published/feed.atom").status_code == 404
    assert "Said back" not in client.get("/comments/feed.json").text


@pytest.mark.parametrize("form", FORMS)
def test_the_feed_of_a_former_address_leads_on(stage: Stage, form: str) -> None:
    answer = stage.client().get(f"/post/old-name/feed.{form}")
    assert (answer.status_code, answer.location) == (301, f"/post/alices-published/feed.{form}")
    with stage.app.app_context():
        do = Doing(stage)
        categories.change(do.id("travel"), "Travel", slug="journeys", by=do.eve, at=NOW)
    moved = stage.client().get(f"/category/travel/feed.{form}")
    assert (moved.status_code, moved.location) == (301, f"/category/journeys/feed.{form}")


def test_what_is_no_feed_is_not_there(stage: Stage) -> None:
    for path in ("/feed.xml", "/category/nowhere/feed.atom", "/author/rita/feed.atom", "/feed"):
        assert stage.client().get(path).status_code == 404, path


def test_a_feed_speaks_the_language_of_the_blog(stage: Stage) -> None:
    stage.change_site(language="zh-Hans")
    answer = stage.client().get("/comments/feed.rss", headers={"Accept-Language": "en"})
    assert "<language>zh-Hans</language>" in answer.text
    assert "评论" in answer.text


def test_before_there_is_a_blog_there_is_no_feed(app: Flask) -> None:
    for path in ("/feed.atom", "/sitemap.xml", "/robots.txt"):
        answer = app.test_client().get(path)
        assert (answer.status_code, answer.location) == (302, "/setup")


def test_addresses_are_whole_and_what_is_of_the_page_is_left_out() -> None:
    away = away_from_home(HTML, "http://localhost/post/x")
    assert 'href="http://localhost/about?a=1&amp;b=2"' in away
    assert 'href="http://localhost/post/x#fn-1"' in away
    assert 'href="http://other.example.org/"' in away
    assert 'srcset="http://localhost/uploads/a-3.png 3w, http://localhost/uploads/a.png 9w"' in away
    assert "sizes" not in away
    assert "tabindex" not in away
    assert away_from_home('<a href="http://[x">x</a>', "http://localhost/") == (
        '<a href="http://[x">x</a>'
    )


def test_what_xml_cannot_hold_is_dropped() -> None:
    assert legal("a\x00\x08\tb\n\r\x1f\ufffe\uffffc\U0001f600") == "a\tb\n\rc\U0001f600"
    assert pictures_in(HTML) == ["/uploads/a.png"]
