"""Menus: what is in them, who arranges them, and what readers see of it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from bluelog.blueprints.admin import menus as admin_menus
from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.models import Category, Link, MenuItem, Post, PostKind, Tag
from bluelog.queries import menus as queries
from bluelog.services import categories, menus, overdue, posts, tags
from bluelog.services.content import Content
from bluelog.services.restoring import restore_revision
from bluelog.text.urls import is_menu_address
from tests.browsing import browser
from tests.browsing import post as send
from tests.conftest import NOW
from tests.making import make_post, tag

SOON = NOW + timedelta(hours=1)


def page(by: Any, title: str, *, in_menu: bool | None = True, **values: Any) -> Post:
    asked = Content(title, "<p>Words.</p>", "en", in_menu=in_menu, **values)
    return posts.create_published(asked, by=by, at=NOW, kind=PostKind.PAGE)


def entries(client: FlaskClient, path: str = "/", label: str = "Menu") -> list[tuple[str, str]]:
    found = LexborHTMLParser(client.get(path).text)
    links = found.css(f'nav[aria-label="{label}"] a')
    return [(link.text(), str(link.attributes["href"])) for link in links]


def names(client: FlaskClient, **where: str) -> list[str]:
    return [name for name, _address in entries(client, **where)]


def item(menu: str = "main", **values: Any) -> MenuItem:
    return db.session.scalars(db.select(MenuItem).filter_by(menu=menu, **values)).one()


def kinds(menu: str = "main") -> list[str]:
    return [entry.kind for entry in queries.menus(NOW)[menu]]


def save(post: Post, by: Any, **values: Any) -> Post:
    asked = {"title": post.title, "source": post.source, "language": post.language} | values
    return posts.save(
        post.id, Content(slug=post.slug, **asked), version=post.version, by=by, at=NOW
    )


def test_a_new_blog_has_what_every_blog_has(client: FlaskClient, cast: SimpleNamespace) -> None:
    assert kinds() == ["home", "links", "search"]
    assert kinds("footer") == []
    assert entries(client) == [("Home", "/"), ("Search", "/search")]
    assert entries(client, label="Footer menu") == []
    db.session.add(Link(name="A friend", url="https://friend.example.org/"))
    db.session.commit()
    assert names(client) == ["Home", "Links", "Search"]


def test_pages_come_after_those_that_are_there(client: FlaskClient, cast: SimpleNamespace) -> None:
    for title in ("About", "Imprint"):
        page(cast.eve, title)
    page(cast.eve, "Terms", in_menu=None)
    page(cast.eve, "Hidden", in_menu=False)
    assert names(client) == ["Home", "About", "Imprint", "Search"]


@pytest.mark.usefixtures("cast")
def test_names_are_in_the_readers_language(client: FlaskClient) -> None:
    assert names(client, path="/?lang=zh-Hans", label="菜单") == ["首页", "搜索"]


def test_a_label_takes_the_place_of_a_name(client: FlaskClient, cast: SimpleNamespace) -> None:
    page(cast.eve, "About")
    menus.change(item(kind="home").id, label="开始", url="ignored", by=cast.eve, at=NOW)
    menus.change(item(kind="page").id, label='<b>"Us"</b>', url="", by=cast.eve, at=NOW)
    assert names(client) == ["开始", '<b>"Us"</b>', "Search"]
    assert item(kind="home").url == ""
    menus.change(item(kind="home").id, label="", url="", by=cast.eve, at=NOW)
    assert names(client)[0] == "Home"


def test_an_entry_moves_and_stays_at_the_ends(cast: SimpleNamespace) -> None:
    def move(kind: str, steps: int) -> list[str]:
        menus.move(item(kind=kind).id, steps, by=cast.eve, at=NOW)
        return kinds()

    assert move("search", -1) == ["home", "search", "links"]
    assert move("search", -9) == ["search", "home", "links"]
    assert move("search", -1) == ["search", "home", "links"]
    assert move("search", 1) == ["home", "search", "links"]
    assert move("links", 1) == ["home", "search", "links"]


def test_what_can_be_put_there(client: FlaskClient, cast: SimpleNamespace) -> None:
    about = page(cast.eve, "About", in_menu=None)
    nested = page(cast.eve, "History", in_menu=None, parent=about.id)
    tag(make_post(cast.alice, "A post"), "Lamps")
    lamps, general = db.session.scalars(db.select(Tag)).one(), db.session.scalars(
        db.select(Category)
    ).one()  # fmt: skip
    asked = ("archive", f"page:{nested.id}", f"category:{general.id}", f"tag:{lamps.id}")
    for target in asked:
        menus.add("footer", target, by=cast.eve, at=NOW)
    for address in ("https://friend.example.org/", "mailto:ada@example.org", "/feed.atom"):
        menus.add("footer", "url", url=address, label="Elsewhere", by=cast.eve, at=NOW)
    assert entries(client, path="/about", label="Footer menu") == [
        ("Archive", "/archive"),
        ("History", "/about/history"),
        (general.name, f"/category/{general.slug}"),
        ("Lamps", "/tag/lamps"),
        ("Elsewhere", "https://friend.example.org/"),
        ("Elsewhere", "mailto:ada@example.org"),
        ("Elsewhere", "/feed.atom"),
    ]


def test_where_one_is_is_said(client: FlaskClient, cast: SimpleNamespace) -> None:
    page(cast.eve, "关于")
    path = "/guan-yu"
    for where, name in (("/", "Home"), (path, "关于"), ("/search", "Search")):
        current = LexborHTMLParser(client.get(where).text).css("[aria-current=page]")
        assert [link.text() for link in current] == [name]


def test_what_is_not_public_is_left_out(client: FlaskClient, cast: SimpleNamespace) -> None:
    about = page(cast.eve, "About")
    make_post(cast.eve, "Soon", kind="page", status="scheduled", published_at=SOON)
    with pytest.raises(RuleBroken):
        menus.add("main", "page:4711", by=cast.eve, at=NOW)
    soon = db.session.scalars(db.select(Post).where(Post.title == "Soon")).one()
    menus.add("main", f"page:{soon.id}", by=cast.eve, at=NOW)
    shown = [[e.name for e in queries.shown(at, with_links=False)["main"]] for at in (NOW, SOON)]
    assert shown == [["", "About", ""], ["", "About", "", "Soon"]]
    posts.trash(about.id, by=cast.eve, at=NOW)
    assert "About" not in names(client)
    page_ = browser(client.application, "eve").get("/admin/menus").text
    assert "Not public; readers do not see this entry" in page_


def test_a_tag_is_shown_from_the_minute_of_its_first_post(cast: SimpleNamespace) -> None:
    tag(make_post(cast.eve, "Soon", status="scheduled", published_at=SOON), "Lamps")
    lamps = db.session.scalars(db.select(Tag)).one()
    menus.add("footer", f"tag:{lamps.id}", by=cast.eve, at=NOW)
    shown = [[e.name for e in queries.shown(at, with_links=False)["footer"]] for at in (NOW, SOON)]
    assert shown == [[], ["Lamps"]]


def test_what_is_deleted_is_left_out_and_said(
    client: FlaskClient, cast: SimpleNamespace, app: Flask
) -> None:
    about = page(cast.eve, "About")
    general = categories.create("Old", by=cast.eve, at=NOW)
    tag(make_post(cast.alice, "A post"), "Lamps")
    lamps = db.session.scalars(db.select(Tag)).one()
    menus.add("main", f"category:{general.id}", by=cast.eve, at=NOW)
    menus.add("main", f"tag:{lamps.id}", by=cast.eve, at=NOW)
    assert names(client) == ["Home", "About", "Search", "Old", "Lamps"]
    posts.trash(about.id, by=cast.eve, at=NOW)
    overdue.purge(NOW + timedelta(days=31))
    categories.delete(general.id, by=cast.eve, at=NOW)
    tags.delete(lamps.id, by=cast.eve, at=NOW)
    assert names(client) == ["Home", "Search"]
    eve = browser(app, "eve")
    shown = eve.get("/admin/menus").text
    for what in ("page", "category", "tag"):
        assert f"A {what} that was deleted" in shown
        gone = item(kind=what)
        assert eve.get(f"/admin/menus/{gone.id}/edit").status_code == 200
        assert send(eve, f"/admin/menus/{gone.id}/removal", {}).status_code == 303
    db.session.rollback()
    assert kinds() == ["home", "links", "search"]


class TestRules:
    def refused(self, field: str, by: Any, *target: str, **values: Any) -> None:
        before = kinds(), kinds("footer")
        with pytest.raises(RuleBroken) as refusal:
            menus.add(*target, by=by, at=NOW, **values)
        assert refusal.value.field == field
        assert (kinds(), kinds("footer")) == before

    def test_nothing_stands_in_a_menu_twice(self, cast: SimpleNamespace) -> None:
        self.refused("target", cast.eve, "main", "home")
        menus.add("footer", "home", by=cast.eve, at=NOW)
        address = {"url": "/a", "label": "A"}
        menus.add("footer", "url", **address, by=cast.eve, at=NOW)
        self.refused("target", cast.eve, "footer", "url", **address)

    @pytest.mark.parametrize("target", ["", "x", "page", "page:x", "page:0", "home:1", "url:1"])
    def test_what_is_not_there(self, cast: SimpleNamespace, target: str) -> None:
        self.refused("target", cast.eve, "main", target)

    def test_no_post_and_nothing_of_the_trash(self, cast: SimpleNamespace) -> None:
        post, old = make_post(cast.alice, "A post"), page(cast.eve, "Old", in_menu=False)
        posts.trash(old.id, by=cast.eve, at=NOW)
        for row in (post, old):
            self.refused("target", cast.eve, "main", f"page:{row.id}")

    def test_no_other_menu(self, cast: SimpleNamespace) -> None:
        self.refused("menu", cast.eve, "side", "archive")

    def test_an_address_needs_a_label(self, cast: SimpleNamespace) -> None:
        self.refused("label", cast.eve, "main", "url", url="/archive")
        self.refused("url", cast.eve, "main", "url", label="Nowhere")

    def test_so_many(self, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(menus, "MOST_ENTRIES", 3)
        self.refused("menu", cast.eve, "main", "archive")
        with pytest.raises(RuleBroken) as refusal:
            page(cast.eve, "About")
        assert refusal.value.field == "in_menu"

    def test_only_who_edits_everything(self, cast: SimpleNamespace) -> None:
        search = item(kind="search").id
        for verb, options in (
            (menus.add, ("main", "archive")),
            (menus.remove, (search,)),
            (menus.move, (search, -1)),
        ):
            with pytest.raises(NotAllowed):
                verb(*options, by=cast.alice, at=NOW)
        with pytest.raises(NotAllowed):
            menus.change(search, label="x", url="", by=cast.alice, at=NOW)

    def test_an_entry_that_is_gone(self, cast: SimpleNamespace) -> None:
        with pytest.raises(NotFound):
            menus.remove(4711, by=cast.eve, at=NOW)

    def test_the_same_submission_makes_one(self, cast: SimpleNamespace) -> None:
        made = [
            menus.add("main", "archive", by=cast.eve, at=NOW, submission_id="s" * 20)
            for _ in range(2)
        ]
        assert made[0].id == made[1].id
        assert kinds().count("archive") == 1


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://x.example.org", True),
        ("HTTP://x.example.org/a?b#c", True),
        ("mailto:ada@example.org", True),
        ("/", True),
        ("/关于", True),
        ("//x.example.org", False),
        ("/\\x.example.org", False),
        ("/\t/x.example.org", False),
        ("java\nscript:alert(1)", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://", False),
        ("https://ada@x.example.org/", False),
        ("mailto:", False),
        ("x", False),
        ("", False),
        ("https://x.example.org/ y", False),
    ],
)
def test_which_addresses_a_menu_may_lead_to(url: str, may: bool) -> None:
    assert is_menu_address(url) is may


class TestDashboard:
    def test_adds_an_entry(self, app: Flask, cast: SimpleNamespace, client: FlaskClient) -> None:
        eve = browser(app, "eve")
        about = page(cast.eve, "About", in_menu=False)
        offered = LexborHTMLParser(eve.get("/admin/menus/new?menu=footer").text)
        chosen = offered.css_first("#menu option[selected]").attributes["value"]
        assert chosen == "footer"
        values = [option.attributes["value"] for option in offered.css("#target option")]
        assert values[:5] == ["home", "archive", "links", "search", "url"]
        assert f"page:{about.id}" in values
        form = {"menu": "footer", "target": f"page:{about.id}", "submission_id": "s" * 20}
        answer = send(eve, "/admin/menus/new", form)
        assert (answer.status_code, answer.location) == (303, "/admin/menus#footer-menu")
        assert entries(client, label="Footer menu") == [("About", "/about")]

    def test_a_tag_that_few_posts_have_is_put_there_from_its_own_page(
        self, app: Flask, cast: SimpleNamespace, client: FlaskClient, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(admin_menus, "MOST_TAGS", 0)
        tag(make_post(cast.alice, "A post"), "Lamps")
        eve, target = browser(app, "eve"), f"tag:{db.session.scalars(db.select(Tag.id)).one()}"
        assert f"/admin/menus/new?target={target}" in unquote(
            eve.get(f"/admin/tags/{target[4:]}/edit").text
        )
        offered = LexborHTMLParser(
            eve.get("/admin/menus/new", query_string={"target": target}).text
        )
        assert offered.css_first("#target option[selected]").attributes["value"] == target
        form = {"menu": "footer", "target": target, "submission_id": "s" * 20}
        # What was refused is asked for again as it was.
        refused = send(eve, "/admin/menus/new", form | {"label": "x" * 61})
        chosen = LexborHTMLParser(refused.text).css_first("#target option[selected]")
        assert chosen.attributes["value"] == target
        assert send(eve, "/admin/menus/new", form).status_code == 303
        assert entries(client, label="Footer menu") == [("Lamps", "/tag/lamps")]

    @pytest.mark.usefixtures("cast")
    def test_moves_and_takes_out(self, app: Flask) -> None:
        eve, search = browser(app, "eve"), item(kind="search").id
        send(eve, f"/admin/menus/{search}/earlier", {})
        db.session.rollback()
        assert kinds() == ["home", "search", "links"]
        send(eve, f"/admin/menus/{search}/later", {})
        send(eve, f"/admin/menus/{search}/removal", {})
        db.session.rollback()
        assert kinds() == ["home", "links"]
        assert "“Search” is out of the menu" in eve.get("/admin/menus").text
        assert send(eve, f"/admin/menus/{search}/removal", {}).status_code == 404

    def test_an_empty_menu_is_not_shown(
        self, app: Flask, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        for kind in ("home", "links", "search"):
            menus.remove(item(kind=kind).id, by=cast.eve, at=NOW)
        assert 'class="menu"' not in client.get("/").text
        assert "The menu at the top of every page is empty" in browser(app, "eve").get(
            "/admin/menus"
        ).text  # fmt: skip

    def test_the_editor_of_a_page_has_a_box(self, app: Flask, cast: SimpleNamespace) -> None:
        eve, about = browser(app, "eve"), page(cast.eve, "About")
        assert self.is_ticked(eve, "/admin/posts/new?kind=page")
        edit = f"/admin/posts/{about.id}/edit"
        assert self.is_ticked(eve, edit)
        below = f"/admin/posts/new?kind=page&parent={about.id}"
        assert below.replace("&", "&amp;") in eve.get(edit).text
        assert not self.is_ticked(eve, below)
        chosen = LexborHTMLParser(eve.get(below).text).css_first("#parent option[selected]")
        assert chosen.text() == "About"
        for odd in ("x", "0", "9" * 30, "-1"):
            assert eve.get(f"/admin/posts/new?kind=page&parent={odd}").status_code == 200
        form = {"title": "About", "source": "<p>Words.</p>", "language": "en", "slug": "about"}
        send(eve, edit, form | {"version": about.version, "in_menu": ""})
        db.session.rollback()
        assert kinds() == ["home", "links", "search"]
        assert not self.is_ticked(eve, edit)
        version = db.session.get_one(Post, about.id).version
        send(eve, edit, form | {"version": version, "in_menu": ["y", ""]})
        db.session.rollback()
        assert kinds() == ["home", "page", "links", "search"]
        version = db.session.get_one(Post, about.id).version
        send(eve, edit, form | {"version": version})
        db.session.rollback()
        assert kinds() == ["home", "page", "links", "search"]

    def is_ticked(self, client: FlaskClient, path: str) -> bool:
        box = LexborHTMLParser(client.get(path).text).css_first("input#in_menu")
        return "checked" in box.attributes

    @pytest.mark.usefixtures("cast")
    def test_a_post_has_none(self, app: Flask) -> None:
        assert 'name="in_menu"' not in browser(app, "alice").get("/admin/posts/new").text


def test_a_page_saved_again_keeps_its_entry_and_makes_no_revision(cast: SimpleNamespace) -> None:
    about = page(cast.eve, "About")
    menus.change(item(kind="page").id, label="Us", url="", by=cast.eve, at=NOW)
    save(about, cast.eve, in_menu=True, source="<p>Other words.</p>")
    assert item(kind="page").label == "Us"
    save(about, cast.eve, in_menu=False)
    restore_revision(about.id, 1, by=cast.eve, at=NOW)
    assert kinds() == ["home", "links", "search"]
    assert db.session.get_one(Post, about.id).source == "<p>Words.</p>"


def test_an_editor_that_was_open_leaves_a_menu_arranged_meanwhile(
    app: Flask, cast: SimpleNamespace
) -> None:
    eve, about = browser(app, "eve"), page(cast.ada, "About")
    edit = f"/admin/posts/{about.id}/edit"
    was = LexborHTMLParser(eve.get(edit).text).css_first("#in_menu_was").attributes["value"]
    form = {"title": "About", "source": "<p>More.</p>", "language": "en", "slug": "about"}
    form |= {"version": str(about.version), "in_menu_was": str(was)}
    menus.remove(item(post_id=about.id).id, by=cast.ada, at=NOW)
    assert send(eve, edit, form | {"in_menu": ["y", ""]}).status_code == 303
    db.session.rollback()
    assert "page" not in kinds()
    version = db.session.get_one(Post, about.id).version
    send(eve, edit, form | {"version": version, "in_menu": ["y", ""], "in_menu_was": ""})
    db.session.rollback()
    assert "page" in kinds()


def test_entries_follow_a_tag_that_is_merged(cast: SimpleNamespace) -> None:
    asked = posts.Content("Lamps", "<p>Words.</p>", "en", tags=("lamp", "light"))
    posts.create_published(asked, by=cast.ada, at=NOW)
    lamp, light = db.session.scalars(db.select(Tag).order_by(Tag.name))
    for one, menu in ((lamp, "main"), (light, "main"), (lamp, "footer")):
        menus.add(menu, f"tag:{one.id}", by=cast.eve, at=NOW)
    tags.merge(lamp.id, "light", by=cast.eve, at=NOW)
    rows = db.session.execute(
        db.select(MenuItem.menu, MenuItem.tag_id).where(MenuItem.kind == "tag")
    )
    assert sorted(rows.all()) == [("footer", light.id), ("main", light.id)]


def test_an_address_is_in_a_menu_once(cast: SimpleNamespace) -> None:
    first, second = (
        menus.add("footer", "url", url=url, label=url, by=cast.eve, at=NOW)
        for url in ("/feed.atom", "/feed.rss")
    )
    with pytest.raises(RuleBroken):
        menus.change(second.id, label="Feed", url=first.url, by=cast.eve, at=NOW)
