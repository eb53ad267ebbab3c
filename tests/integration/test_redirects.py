"""Redirects by hand and by renaming, and what was asked for in vain."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import MissingAddress, Post, Redirect
from bluelog.queries import word_search
from bluelog.queries.redirects import is_answered, nearest_address
from bluelog.services import missing, overdue, posts, redirects
from bluelog.services.content import Content
from tests.browsing import csrf_token, sign_in
from tests.conftest import NOW
from tests.making import make_post, tag
from tests.reading import Log, hits, missed

OWN = "http://localhost"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture
def log(context: Flask, tmp_path: Path) -> Log:
    return Log(context, tmp_path / "nginx.log")


def lead(path: str, target: str, by: Any) -> Redirect:
    return redirects.create(path, target, own_url=OWN, by=by, at=NOW)


def all_of_them() -> dict[str, str]:
    db.session.rollback()
    return {row.path: row.target for row in db.session.scalars(select(Redirect))}


def rename(post_id: int, slug: str, by: Any) -> Post:
    post = db.session.get_one(Post, post_id)
    content = Content(post.title, post.source, post.language, slug=slug)
    return posts.save(post_id, content, version=post.version, by=by, at=NOW)


class TestRenaming:
    def test_every_earlier_address_leads_to_the_last_by_one_step(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        post_id = make_post(cast.alice, slug="first").id
        for slug in ("second", "第三个地址", "fourth"):
            rename(post_id, slug, cast.alice)
        for slug in ("first", "second", "第三个地址"):
            answer = client.get(f"/post/{slug}")
            assert (answer.status_code, answer.location) == (301, "/post/fourth")

    def test_a_name_taken_up_again_is_a_page_again(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        post_id = make_post(cast.alice, slug="first").id
        for slug in ("second", "first", "third", "first"):
            rename(post_id, slug, cast.alice)
        assert client.get("/post/first").status_code == 200
        assert all_of_them() == {"/post/second": "/post/first", "/post/third": "/post/first"}

    def test_no_other_post_takes_an_address_that_leads_to_one(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        moved = make_post(cast.alice, "Diary").id
        rename(moved, "journal", cast.alice)
        other = make_post(cast.bob, slug="other").id
        with pytest.raises(RuleBroken) as refused:
            rename(other, "diary", cast.bob)
        assert refused.value.field == "slug"
        made = posts.create(Content("Diary", "<p>.</p>", "en"), by=cast.bob, at=NOW)
        assert made.slug == "diary-en"
        assert client.get("/post/diary").location == "/post/journal"
        assert rename(moved, "diary", cast.alice).slug == "diary"

    def test_what_led_to_a_post_that_is_gone_leads_to_no_other(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        gone = make_post(cast.alice, slug="first").id
        rename(gone, "second", cast.alice)
        posts.trash(gone, by=cast.alice, at=NOW)
        overdue.purge(NOW + timedelta(days=31))
        make_post(cast.bob, slug="second")
        assert client.get("/post/first").status_code == 404
        assert rename(make_post(cast.bob, slug="third").id, "first", cast.bob).slug == "first"

    def test_one_by_hand_follows_the_post_it_leads_to(self, cast: SimpleNamespace) -> None:
        post_id = make_post(cast.alice, slug="first").id
        lead("/2019/first.html", "/post/first", cast.eve)
        rename(post_id, "second", cast.alice)
        assert all_of_them()["/2019/first.html"] == "/post/second"

    @pytest.mark.parametrize("slug", ["雨后的书店", "日记-3", "été", "книга", "a" * 80])
    def test_a_slug_in_any_script_may_be_written_by_hand(
        self, cast: SimpleNamespace, client: FlaskClient, slug: str
    ) -> None:
        rename(make_post(cast.alice).id, slug, cast.alice)
        assert client.get(f"/post/{slug}").status_code == 200
        assert client.get("/post/a-post").status_code == 301

    @pytest.mark.parametrize("slug", ["雨后 书店", "Big", "a--b", "2026", "雨后/书店", "a" * 81])
    def test_what_is_no_slug_is_refused_with_all_that_was_typed(
        self, cast: SimpleNamespace, client: FlaskClient, slug: str
    ) -> None:
        post = make_post(cast.alice)
        sign_in(client, "alice")
        form = {"title": "Words kept", "source": "<p>Kept.</p>", "slug": slug, "version": "1"}
        form |= {"language": "en", "category_id": str(post.category_id)}
        address = f"/admin/posts/{post.id}/edit"
        answer = client.post(address, data=form | {"csrf_token": csrf_token(client)})
        assert answer.status_code == 422
        assert f'value="{slug}"' in answer.text
        assert "Words kept" in answer.text

    def test_a_long_chinese_title_is_cut_to_what_fits(self, cast: SimpleNamespace) -> None:
        for style in ("native", "pinyin"):
            db.session.execute(db.text("UPDATE site SET slug_style = :style"), {"style": style})
            db.session.commit()
            content = Content("雨后的书店" * 40, "<p>雨。</p>", "zh-Hans")
            slug = posts.create(content, by=cast.alice, at=NOW).slug
            assert 60 < len(slug) <= 80
            assert not slug.endswith("-")


class TestByHand:
    def test_any_address_can_lead_to_a_page(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        make_post(cast.alice)
        for path in ("/2019/05/a.html", "/tag/旧", "/author/gone", "/x", "/post/y", "/post/3/"):
            lead(path, "/post/a-post", cast.eve)
            answer = client.get(path)
            assert (answer.status_code, answer.location) == (301, "/post/a-post"), path
            assert client.head(path).status_code == 301
            assert "Set-Cookie" not in answer.headers
        assert client.post("/2019/05/a.html").status_code in (404, 405)

    def test_whole_addresses_of_the_blog_and_encoded_ones_are_understood(
        self, cast: SimpleNamespace
    ) -> None:
        lead(f"{OWN}/%E6%97%A7/", f"{OWN}/", cast.eve)
        assert all_of_them() == {"/旧/": "/"}

    @pytest.mark.parametrize(
        "target",
        [
            "https://example.org/",
            "//example.org/",
            "/\\example.org",
            "/%5Cexample.org",
            "/%2F/example.org",
            "javascript:alert(1)",
            "http://localhost.example.org/",
            "http://localhost@example.org/",
            "/a?b",
            "/a#b",
            "/a b",
            "/a/../b",
            "/%ff",
            "/%0d%0aX",
            "/" + "a" * 500,
            "post/a",
            "",
        ],
    )
    def test_nothing_leads_out_of_the_blog(self, cast: SimpleNamespace, target: str) -> None:
        for path, goal, field in (("/old", target, "target"), (target, "/old", "path")):
            with pytest.raises(RuleBroken) as refused:
                lead(path, goal, cast.ada)
            assert refused.value.field == field
        assert all_of_them() == {}

    def test_chains_become_single_steps_and_loops_are_refused(self, cast: SimpleNamespace) -> None:
        lead("/b", "/c", cast.eve)
        lead("/a", "/b", cast.eve)
        assert all_of_them() == {"/a": "/c", "/b": "/c"}
        lead("/c", "/d", cast.eve)
        assert set(all_of_them().values()) == {"/d"}
        for path, target in (("/d", "/a"), ("/e", "/e")):
            with pytest.raises(RuleBroken):
                lead(path, target, cast.eve)
        row = db.session.scalars(select(Redirect).where(Redirect.path == "/c")).one()
        redirects.change(row.id, "/c", "/a", own_url=OWN, by=cast.eve, at=NOW)
        assert all_of_them() == {"/a": "/d", "/b": "/d", "/c": "/d"}

    def test_a_loop_that_was_brought_in_is_found(self, cast: SimpleNamespace) -> None:
        for path, target in (("/x", "/y"), ("/y", "/x")):
            db.session.add(Redirect(path=path, target=target, created_at=NOW))
        db.session.commit()
        with pytest.raises(RuleBroken):
            lead("/z", "/x", cast.eve)

    def test_no_page_is_hidden(self, cast: SimpleNamespace) -> None:
        tag(make_post(cast.alice), "Harbour")
        make_post(cast.eve, "About", kind="page")
        make_post(cast.alice, "Draft", status="draft")
        taken = ("/", "/post/a-post", "/about", "/category/general", "/author/alice", "/search")
        taken += ("/tag/harbour", "/preview/proof")
        taken += ("/admin/posts", "/auth/login", "/static/x.css", "/feed.atom", "/robots.txt")
        for path in taken:
            with pytest.raises(RuleBroken) as refused:
                lead(path, "/elsewhere", cast.eve)
            assert refused.value.field == "path"
        assert not is_answered("/post/draft", NOW)
        lead("/tale", "/about", cast.eve)
        with pytest.raises(RuleBroken):
            lead("/tale", "/post/a-post", cast.eve)

    def test_a_page_that_comes_later_is_shown_and_the_redirect_waits(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        lead("/post/a-post", "/links", cast.eve)
        lead("/start", "/", cast.eve)
        assert client.get("/start").location == "/"
        assert client.get("/post/a-post").location == "/links"
        make_post(cast.alice)
        assert client.get("/post/a-post").status_code == 200

    def test_where_a_hidden_post_is_nobody_learns(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        make_post(cast.alice, "Secret", status="draft")
        lead("/old/secret", "/post/secret", cast.eve)
        answer = client.get("/old/secret")
        assert answer.status_code == 404
        assert "/post/secret" not in answer.text

    def test_the_same_submission_makes_one(self, cast: SimpleNamespace) -> None:
        given = {"own_url": OWN, "by": cast.eve, "at": NOW, "submission_id": "s" * 22}
        made = {redirects.create("/a", "/b", **given).id for _ in range(2)}
        assert len(made) == 1


class TestCounted:
    def test_who_follows_a_redirect_is_counted_but_no_robot(
        self, log: Log, cast: SimpleNamespace
    ) -> None:
        lead("/旧", "/links", cast.eve)
        log.add("/%E6%97%A7", status=301)
        log.add("/%E6%97%A7?x=1", status=301)
        log.add("/%E6%97%A7", status=301, agent=GOOGLEBOT)
        log.add("/%E6%97%A7", status=308)
        log.add("/other", status=301)
        log.read()
        assert hits("/旧") == 2

    def test_what_is_asked_for_in_vain_is_grouped_with_the_page_most_came_from(
        self, log: Log
    ) -> None:
        many = "https://a.example/list"
        for origin in (f"{many}?q=1", "https://b.example/", many, "-"):
            log.add("/gone?x=1", status=404, referrer=origin)
        log.add("/gone", status=404, agent=GOOGLEBOT)
        log.read()
        assert missed() == {"/gone": 4}
        row = db.session.scalars(select(MissingAddress)).one()
        assert row.referrer == many

    def test_noise_and_the_blogs_own_areas_are_left_out(self, log: Log) -> None:
        paths = ["/wp-login.php", "/.env", "/.git/config", "/xmlrpc.php", "/a.sql", "/favicon.ico"]
        paths += ["/admin/x", "/auth/reset/proof", "/static/x.css", "/" + "a" * 501, "/a%0Ab"]
        for path in paths:
            log.add(path, status=404)
        log.read()
        assert missed() == {}

    def test_a_flood_keeps_the_list_bounded_and_what_counts_in_it(
        self, log: Log, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(missing, "MOST_KEPT", 50)
        for _ in range(3):
            log.add("/wanted", status=404)
        log.read()
        for n in range(400):
            log.add(f"/made-up-{n}", status=404)
        log.read()
        found = missed()
        assert len(found) == 50
        assert found["/wanted"] == 3

    def test_an_ignored_one_stays_ignored_and_in_no_list(
        self, log: Log, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        log.add("/gone", status=404)
        log.read()
        row = db.session.scalars(select(MissingAddress)).one()
        missing.set_ignored(row.id, ignored=True, by=cast.eve, at=NOW)
        log.add("/gone", status=404)
        log.read()
        sign_in(client, "eve")
        assert "/gone" not in client.get("/admin/redirects/missing").text
        assert "/gone" in client.get("/admin/redirects/missing?ignored=1").text


class TestByAClick:
    def test_one_click_leads_a_missing_address_to_the_post_most_like_it(
        self, log: Log, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        make_post(cast.alice, slug="the-query-that-was-slow-on-mondays")
        log.add("/2019/05/The-query-that-was-slow.html", status=404)
        log.read()
        sign_in(client, "eve")
        address = "/admin/redirects/new?path=/2019/05/The-query-that-was-slow.html"
        assert address in client.get("/admin/redirects/missing").text
        page = client.get(address).text
        assert 'value="/post/the-query-that-was-slow-on-mondays"' in page
        form = {"path": "/2019/05/The-query-that-was-slow.html", "csrf_token": csrf_token(client)}
        form["target"] = "/post/the-query-that-was-slow-on-mondays"
        answer = client.post(address, data=form)
        assert (answer.status_code, answer.location) == (303, "/admin/redirects/missing")
        assert missed() == {}
        assert all_of_them() == {form["path"]: form["target"]}

    @pytest.mark.parametrize(
        "asked", ["/post/a b", "/post/walk ", '/post/walk"', "/post/50%", "/a<b>"]
    )
    def test_whatever_was_asked_for_may_lead_on(
        self, log: Log, cast: SimpleNamespace, client: FlaskClient, asked: str
    ) -> None:
        make_post(cast.alice, slug="a-walk")
        log.add(quote(asked), status=404)
        log.read()
        sign_in(client, "eve")
        form = {"path": asked, "target": "/post/a-walk", "csrf_token": csrf_token(client)}
        assert client.post("/admin/redirects/new?path=x", data=form).status_code == 303
        assert (missed(), all_of_them()) == ({}, {asked: "/post/a-walk"})
        assert client.get(quote(asked)).location == "/post/a-walk"
        row = db.session.scalars(select(Redirect)).one()
        changed = form | {"target": "/links"}
        answer = client.post(f"/admin/redirects/{row.id}/edit", data=changed)
        assert answer.status_code == 303

    def test_a_refused_form_keeps_what_was_typed(self, client: FlaskClient) -> None:
        sign_in(client, "eve")
        form = {"path": "/old one", "target": "https://example.org/", "csrf_token": ""}
        form["csrf_token"] = csrf_token(client)
        answer = client.post("/admin/redirects/new", data=form)
        assert answer.status_code == 422
        assert 'value="/old one"' in answer.text
        assert 'value="https://example.org/"' in answer.text

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("/blog/2021/rain-after-books/", "/post/rain-after-book"),
            ("/RAIN_after_book.php", "/post/rain-after-book"),
            ("/archives/雨后的书店", "/post/雨后的书店"),
            ("/about-us", "/about"),
            ("/something-else-entirely", ""),
            ("/", ""),
        ],
    )
    def test_the_nearest_address(self, cast: SimpleNamespace, asked: str, found: str) -> None:
        for slug in ("rain-after-book", "雨后的书店", "another-tale"):
            make_post(cast.alice, slug, slug=slug)
        make_post(cast.eve, "About", kind="page")
        make_post(cast.alice, "Hidden", slug="something-else-entirely-hidden", status="draft")
        assert nearest_address(asked, NOW) == found

    @pytest.mark.usefixtures("context")
    def test_the_list_is_searched_and_paged(self, client: FlaskClient) -> None:
        for n in range(40):
            db.session.add(Redirect(path=f"/old/{n}", target="/links", created_at=NOW))
        db.session.add(Redirect(path="/100%_旧", target="/about", created_at=NOW))
        db.session.commit()
        sign_in(client, "eve")
        first = client.get("/admin/redirects").text
        assert "/old/39" in first
        assert "/old/3<" not in first
        assert "/old/3<" in client.get("/admin/redirects?before=end").text
        found = client.get("/admin/redirects?q=%25_旧").text
        assert "/100%_旧" in found
        assert "/old/" not in found

    @pytest.mark.usefixtures("context")
    def test_a_search_goes_on_step_by_step(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(word_search, "MOST_SEARCHED", 3)
        for path in ("/lamp", "/a", "/b", "/c", "/d", "/lamps", "/e"):
            db.session.add(Redirect(path=path, target="/links", created_at=NOW))
        db.session.commit()
        sign_in(client, "eve")
        found, step = [], "/admin/redirects?q=lamp"
        for _ in range(3):
            page = client.get(step).text
            found += re.findall(r'dir="ltr">(/lamps?)</a>', page)
            further = re.search(r'href="([^"]*after=[^"]*)" rel="next"', page)
            step = unescape(further[1]) if further else ""
            assert "looked through so far" in page or found
        assert (found, step) == (["/lamps", "/lamp"], "")
