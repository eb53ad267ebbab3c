"""A post as it will look, before it is saved."""

from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import Category, Post
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post
from tests.pictures import keep, photograph

PRIVATE = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def form(**more: Any) -> dict[str, Any]:
    general = db.session.scalars(db.select(Category).where(Category.is_default)).one()
    filled = {"title": "Typed just now", "source": "<h2>Deep</h2><p>Not saved.</p>"}
    filled |= {"language": "en", "category_id": general.id, "comments_open": "y"}
    return filled | {"submission_id": "s" * 20, "source_format": "html"} | more


def article(page: str) -> str:
    found = LexborHTMLParser(page).css_first("article")
    assert found is not None
    return str(found.html)


class TestWhatIsTyped:
    def test_shows_as_a_readers_page_and_is_not_saved(self, cast: SimpleNamespace) -> None:
        picture = keep(photograph(900, 600), cast.alice)
        client = browser(_app(), cast.alice)
        answer = post(client, "/admin/posts/new/preview", form(cover_id=picture.id))
        assert answer.status_code == 200
        for part in ("Typed just now", '<h2 id="h-deep"', "General", picture.filename, "1 minute"):
            assert part in article(answer.text), part
        assert "Nothing is saved" in answer.text
        db.session.rollback()
        assert db.session.query(Post).count() == 0

    def test_looks_as_the_published_page_does(self, cast: SimpleNamespace) -> None:
        with time_machine.travel(NOW, tick=False):
            client = browser(_app(), cast.alice)
            filled = form(tags="Lamps, Boats")
            typed = post(client, "/admin/posts/new/preview", filled)
            published = post(client, "/admin/posts/new/publication", filled)
            read = browser(_app()).get(published.headers["Location"])
        assert article(typed.text) == article(read.text)

    def test_names_who_is_named_and_says_when_it_appears(self, cast: SimpleNamespace) -> None:
        with time_machine.travel(NOW, tick=False):
            filled = form(authors="bob, alice, rita, nobody", appears="2026-04-01 09:30")
            page = post(browser(_app(), cast.alice), "/admin/posts/new/preview", filled).text
        names = [node.text() for node in LexborHTMLParser(page).css(".p-author")]
        assert names == ["Bob", "Alice"]
        assert "2026-04-01" in article(page)

    @pytest.mark.parametrize("appears", ["soon", "2026-13-01 00:00", ""])
    def test_says_today_where_no_time_is_given(self, cast: SimpleNamespace, appears: str) -> None:
        with time_machine.travel(NOW, tick=False):
            client = browser(_app(), cast.alice)
            page = post(client, "/admin/posts/new/preview", form(appears=appears, authors="")).text
        assert "2026-03-10" in article(page)
        assert "Alice" in article(page)

    def test_looks_as_a_published_page_does(self, cast: SimpleNamespace) -> None:
        client, asked = browser(_app(), cast.eve), "?kind=page"
        typed = post(client, f"/admin/posts/new/preview{asked}", form())
        published = post(client, f"/admin/posts/new/publication{asked}", form())
        read = browser(_app()).get(published.headers["Location"])
        assert article(typed.text) == article(read.text)

    def test_of_a_published_post_leaves_it_as_it_is(self, cast: SimpleNamespace) -> None:
        made = make_post(cast.alice, "Public")
        path, version = f"/admin/posts/{made.id}/preview", made.version
        answer = post(browser(_app(), cast.alice), path, form(version=1, slug="public"))
        assert "Not saved." in answer.text
        assert "comment" not in article(answer.text)
        assert "Write a comment" not in answer.text
        db.session.refresh(made)
        assert (made.title, made.version) == ("Public", version)

    def test_in_markdown_shows_too(self, cast: SimpleNamespace) -> None:
        typed = form(source="## Ferry\n\n*soon*[^1]\n\n[^1]: A note.", source_format="markdown")
        answer = post(browser(_app(), cast.alice), "/admin/posts/new/preview", typed)
        assert "<em>soon</em>" in answer.text
        assert 'href="#fn-1"' in answer.text

    @pytest.mark.parametrize("typed", [{}, {"title": "", "source": "", "category_id": "7777"}])
    def test_may_be_nothing_yet(self, cast: SimpleNamespace, typed: dict[str, str]) -> None:
        answer = post(browser(_app(), cast.carol), "/admin/posts/new/preview", typed)
        assert answer.status_code == 200

    def test_is_cleaned(self, cast: SimpleNamespace) -> None:
        typed = form(source='<p onclick="x()">Hi<script>x()</script></p>', title="<b>Bold</b>")
        page = article(post(browser(_app(), cast.alice), "/admin/posts/new/preview", typed).text)
        assert "onclick" not in page
        assert "<script" not in page
        assert "&lt;b&gt;Bold" in page

    def test_is_refused_beyond_bounds(self, cast: SimpleNamespace) -> None:
        typed = form(source="word " * 70_000, source_format="markdown")
        answer = post(browser(_app(), cast.alice), "/admin/posts/new/preview", typed)
        assert answer.status_code == 422
        assert "Divide it" in answer.text

    def test_is_kept_by_nobody(self, cast: SimpleNamespace) -> None:
        answer = post(browser(_app(), cast.alice), "/admin/posts/new/preview", form())
        assert PRIVATE.items() <= dict(answer.headers).items()
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


def _app() -> Flask:
    from flask import current_app

    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]
