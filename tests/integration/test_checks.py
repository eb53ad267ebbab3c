"""What is looked at before a post is public, and what is asked about it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, current_app
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import Category, Post, Redirect
from bluelog.queries.posts import post_editable_by
from bluelog.services import checks
from bluelog.services.checks import Finding, Flaw, Severity
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post
from tests.pictures import keep, photograph

KEY = "AKIA" + "Q3ZK7WTX5MBN2VRD"


def found(html: str = "", **values: Any) -> list[tuple[str, str]]:
    """What is found in a post that has an excerpt, by flaw and words."""
    values = {"kind": "post", "title": "A walk", "slug": "a-walk", "excerpt": "Short."} | values
    shown = Post(html=html, plain=values.pop("plain", ""), language="en", **values)
    return [(each.flaw, each.words) for each in checks.findings(shown, NOW)]


def links(*hrefs: str) -> str:
    return "".join(f'<p><a href="{href}">There</a></p>' for href in hrefs)


def form(source: str, **more: Any) -> dict[str, Any]:
    general = db.session.scalars(db.select(Category).where(Category.is_default)).one()
    filled = {"title": "Typed just now", "source": source, "source_format": "html"}
    filled |= {"language": "en", "category_id": general.id, "excerpt": "Short."}
    return filled | {"submission_id": "s" * 20} | more


def real_app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.usefixtures("cast")
class TestFindings:
    def test_a_good_post_has_none(self) -> None:
        assert found("<h2>One</h2><h3>Two</h3><p>Words.</p>") == []

    def test_come_by_severity(self) -> None:
        html = '<h4>Deep</h4><img src="/uploads/x.jpg" alt="">' + links("/post/gone")
        post_ = Post(kind="post", title="x", slug="x", html=html, plain=KEY, excerpt="")
        ranks = [each.severity for each in checks.findings(post_, NOW)]
        assert ranks == sorted(ranks)
        assert set(ranks) == set(Severity)

    def test_a_key_is_found_in_title_text_excerpt_and_links(self) -> None:
        expected = [(Flaw.SECRET, "AKIAQ3ZK…")]
        assert found(plain=f"Set {KEY} first.") == expected
        assert found(title=KEY) == found(excerpt=KEY) == expected
        assert found(links(f"https://example.org/?id={KEY}")) == expected

    def test_no_excerpt_is_told_of_posts_and_not_of_pages(self) -> None:
        assert found(excerpt=" ") == [(Flaw.NO_EXCERPT, "")]
        assert found(excerpt="", kind="page") == []

    def test_an_address_that_redirects_elsewhere(self, cast: SimpleNamespace) -> None:
        db.session.add(Redirect(path="/post/a-walk", target="/post/other", created_at=NOW))
        db.session.commit()
        assert found() == [(Flaw.TAKES_REDIRECT, "/post/a-walk")]
        assert found(kind="page") == found(slug="another") == []
        made = make_post(cast.alice, "A walk", excerpt="x")
        public = post_editable_by(cast.alice, made.id)
        assert public is not None
        assert checks.findings(public, NOW) == [], "it is so already"

    def test_an_address_that_saving_refuses(self, cast: SimpleNamespace) -> None:
        made = make_post(cast.alice, "Walks")
        db.session.add(Redirect(path="/post/a-walk", target="/post/walks", created_at=NOW))
        db.session.commit()
        assert found() == [(Flaw.ANOTHERS_ADDRESS, "/post/a-walk")]
        typed = Post(kind="post", title="x", slug="a-walk", html="", plain="", excerpt="x")
        own = post_editable_by(cast.alice, made.id)
        assert checks.findings(typed, NOW, former=own) == [], "it was its own"
        draft = make_post(cast.alice, "Draft", slug="a-walk", status="draft", excerpt="x")
        saved = post_editable_by(cast.alice, draft.id)
        assert saved is not None
        flaws = [each.flaw for each in checks.findings(saved, NOW)]
        assert flaws == [Flaw.TAKES_REDIRECT], "it is saved already"

    def test_a_heavy_picture_in_the_text_or_as_cover(self, cast: SimpleNamespace) -> None:
        heavy = keep(photograph(30, 20), cast.alice)
        light = keep(photograph(31, 20), cast.alice)
        heavy.size, heavy.original_name = checks.HEAVY_BYTES, "pier.jpg"
        db.session.commit()
        shown = [f'<img src="/uploads/{each.filename}" alt="A">' for each in (heavy, light)]
        assert found("".join(shown)) == [(Flaw.HEAVY_PICTURE, "pier.jpg")]
        assert found(cover_id=heavy.id) == [(Flaw.HEAVY_PICTURE, "pier.jpg")]
        assert found(shown[1], cover_id=light.id) == []


@pytest.mark.usefixtures("cast")
class TestDeadLinks:
    def test_lead_to_nothing_that_readers_see(self, cast: SimpleNamespace) -> None:
        make_post(cast.alice, "Draft", status="draft")
        make_post(cast.alice, "Binned", status="trashed")
        make_post(cast.alice, "Later", status="scheduled", published_at=NOW + timedelta(days=1))
        make_post(cast.ada, "Hidden", kind="page", status="private")
        db.session.add(Redirect(path="/post/was", target="/post/binned", created_at=NOW))
        db.session.add(Redirect(path="/was-page", target="/hidden", created_at=NOW))
        db.session.commit()
        dead = (
            *("/post/was", "/was-page"),
            *("/post/draft", "/post/binned", "/post/later", "/hidden", "/post/gone", "/post/999"),
            *(
                "/category/gone",
                "/tag/gone",
                "/author/nobody",
                "/nowhere",
                "/guides/nowhere",
                "gone",
            ),
            *(f"/uploads/{'0' * 64}.jpg", "/uploads/odd", "http://localhost/post/gone"),
            *("//localhost/post/gone", "/post/gone?x=1#y", "/post/draft/comments/1"),
        )
        assert found(links(*dead)) == [(Flaw.DEAD_LINK, href) for href in dead]

    def test_are_not_those_that_lead_somewhere(self, cast: SimpleNamespace) -> None:
        public = make_post(cast.alice, "Public")
        make_post(cast.alice, "渡轮", slug="渡轮")
        make_post(cast.ada, "About", kind="page")
        picture = keep(photograph(30, 20), cast.alice)
        general = db.session.scalars(db.select(Category)).first()
        assert general is not None
        db.session.add(Redirect(path="/post/old", target="/post/public", created_at=NOW))
        db.session.add(Redirect(path="/old-page", target="/about", created_at=NOW))
        db.session.add(Redirect(path="/old-list", target="/archive", created_at=NOW))
        db.session.add(Redirect(path="/post/old-self", target="/post/a-walk", created_at=NOW))
        db.session.commit()
        alive = (
            *("/", "/post/public", f"/post/{public.id}", "/post/public#c", "/post/public/"),
            *("/post/%E6%B8%A1%E8%BD%AE", "public", "/about", "/about/", "../about", "/post/old"),
            *("/old-list", "/post/old-self"),
            *("/old-page", "/category/general", f"/category/{general.id}", "/author/Alice"),
            *("/category/general/feed.atom", f"/uploads/{picture.filename}", "/search", "/links"),
            *("/feed.atom", "/admin/posts", "#h-one", "?page=2", "mailto:ada@example.org"),
            *("https://elsewhere.example.org/post/gone", "/post/a-walk", "http://localhost/about"),
        )
        assert found(links(*alive)) == []

    def test_cost_the_same_however_many(self) -> None:
        from sqlalchemy import event

        asked: list[str] = []
        note = lambda *given: asked.append(given[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            for many in (2, 400):
                asked.append("|")
                found(links(*(f"/post/gone-{n}" for n in range(many))))
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        first, second = "".join("|" if a == "|" else "." for a in asked).strip("|").split("|")
        assert first == second
        assert len(first) <= 4


class TestTheEditor:
    def test_tells_what_is_found_in_what_is_saved(self, cast: SimpleNamespace) -> None:
        html = links("/post/gone")
        made = make_post(cast.alice, "Draft", status="draft", html=html, excerpt="x")
        page = browser(real_app(), cast.alice).get(f"/admin/posts/{made.id}/edit").text
        assert told(page) == ["Serious This link leads to nothing that readers can see: /post/gone"]

    def test_checks_what_is_typed_and_saves_nothing(self, cast: SimpleNamespace) -> None:
        made = make_post(cast.alice, "Draft", status="draft", excerpt="x")
        client = browser(real_app(), cast.alice)
        for path in ("/admin/posts/new/check", f"/admin/posts/{made.id}/check"):
            answer = post(client, path, form(f"<p>{KEY}</p><h4>Deep</h4>", version=1))
            assert answer.status_code == 200
            serious, hint = told(answer.text)
            assert serious == "Serious This looks like a secret key of AWS: AKIAQ3ZK…"
            assert hint.startswith("Hint This heading")
            assert "Typed just now" in answer.text
            assert "Not saved yet" in answer.text
        db.session.rollback()
        assert [each.title for each in db.session.query(Post)] == ["Draft"]

    def test_says_that_nothing_was_found(self, cast: SimpleNamespace) -> None:
        path = "/admin/posts/new/check"
        answer = post(browser(real_app(), cast.carol), path, form("<p>Fine.</p>"))
        assert "Nothing was found" in answer.text

    def test_checks_markdown(self, cast: SimpleNamespace) -> None:
        typed = form("[there](/post/gone) ![](/uploads/x.png)", source_format="markdown")
        answer = post(browser(real_app(), cast.alice), "/admin/posts/new/check", typed)
        assert [line.split()[0] for line in told(answer.text)] == ["Serious", "Serious", "Warning"]

    def test_refuses_what_is_too_long_with_all_of_it(self, cast: SimpleNamespace) -> None:
        typed = form("word " * 70_000, source_format="markdown")
        answer = post(browser(real_app(), cast.alice), "/admin/posts/new/check", typed)
        assert answer.status_code == 422
        assert "Typed just now" in answer.text

    def test_shows_words_of_the_text_as_words(self, cast: SimpleNamespace) -> None:
        typed = form("<h4>&lt;script&gt;x&lt;/script&gt;</h4>")
        answer = post(browser(real_app(), cast.alice), "/admin/posts/new/check", typed)
        (hint,) = told(answer.text)
        assert hint.endswith("<script>x</script>")


class TestPublishing:
    @pytest.mark.parametrize("is_new", [True, False])
    def test_asks_once_and_loses_nothing(self, cast: SimpleNamespace, is_new: bool) -> None:
        made = make_post(cast.alice, "Draft", status="draft")
        path = f"/admin/posts/{'new' if is_new else made.id}/publication"
        client, typed = browser(real_app(), cast.alice), form(f"<p>{KEY}</p>", version=1)
        asked = post(client, path, typed)
        assert asked.status_code == 422
        assert "Publish anyway" in asked.text
        assert "Typed just now" in asked.text
        assert published() == []
        again = post(client, path, typed | hidden(asked.text))
        assert again.status_code == 303
        assert published() == ["Typed just now"]

    def test_asks_again_about_what_is_new(self, cast: SimpleNamespace) -> None:
        client, path = browser(real_app(), cast.alice), "/admin/posts/new/publication"
        asked = post(client, path, form(f"<p>{KEY}</p>"))
        more = form(f"<p>{KEY}</p>" + links("/post/gone")) | hidden(asked.text)
        assert post(client, path, more).status_code == 422
        assert published() == []

    def test_asks_nothing_more_once_one_of_several_is_mended(self, cast: SimpleNamespace) -> None:
        client, path = browser(real_app(), cast.alice), "/admin/posts/new/publication"
        asked = post(client, path, form(links("/post/gone", "/post/never")))
        mended = form(links("/post/gone")) | hidden(asked.text)
        assert post(client, path, mended).status_code == 303

    @pytest.mark.parametrize("state", ["published", "scheduled", "trashed"])
    def test_asks_before_an_update_that_readers_will_see(
        self, cast: SimpleNamespace, state: str
    ) -> None:
        later = NOW + timedelta(days=9999)
        states: dict[str, Any] = {
            "published": {},
            "scheduled": {"status": "scheduled", "published_at": later},
            "trashed": {"status": "trashed", "former_status": "published", "trashed_at": NOW},
        }
        made = make_post(cast.alice, "Seen", html=links("/post/gone"), **states[state])
        noun = "recovery" if state == "trashed" else "edit"
        path, client = f"/admin/posts/{made.id}/{noun}", browser(real_app(), cast.alice)
        text = links("/post/gone")
        asked = post(client, path, form(f"<p>{KEY}</p>{text}", version=1))
        assert asked.status_code == 422
        assert "Save anyway" in asked.text
        again = LexborHTMLParser(asked.text).css_first(".conflict button")
        assert again is not None
        assert again.attributes["formaction"] == path
        known = form(text, version=1)
        assert post(client, path, known).status_code == 303, "what is public already"
        sent = form(f"<p>{KEY}</p>{text}", version=2) | hidden(asked.text)
        assert post(client, f"/admin/posts/{made.id}/edit", sent).status_code == 303

    def test_asks_before_an_earlier_text_is_public_again(self, cast: SimpleNamespace) -> None:
        client = browser(real_app(), cast.alice)
        post(client, "/admin/posts/new", form(f"<p>{KEY}</p>"))
        db.session.rollback()
        made = db.session.query(Post).filter_by(title="Typed just now").one().id
        for number, noun in ((1, "edit"), (2, "publication")):
            path = f"/admin/posts/{made}/{noun}"
            assert post(client, path, form("<p>None.</p>", version=number)).status_code == 303
        path = f"/admin/posts/{made}/revisions/1/restoration"
        asked = post(client, path, {})
        assert asked.status_code == 422
        assert "Restore it anyway" in asked.text
        assert post(client, path, hidden(asked.text)).status_code == 303
        db.session.rollback()
        assert KEY in db.session.get_one(Post, made).plain

    def test_asks_nothing_about_warnings_and_hints(self, cast: SimpleNamespace) -> None:
        typed = form("<h4>Deep</h4>", excerpt="")
        answer = post(browser(real_app(), cast.alice), "/admin/posts/new/publication", typed)
        assert answer.status_code == 303

    def test_an_address_that_is_refused_is_refused_at_once(self, cast: SimpleNamespace) -> None:
        make_post(cast.alice, "Walks")
        db.session.add(Redirect(path="/post/a-walk", target="/post/walks", created_at=NOW))
        db.session.commit()
        client, typed = browser(real_app(), cast.alice), form("<p>Words.</p>", slug="a-walk")
        (line,) = told(post(client, "/admin/posts/new/check", typed).text)
        assert line == (
            "Serious Links to this address lead to /post/walks, which was there before. "
            "Choose another one: /post/a-walk"
        )
        answer = post(client, "/admin/posts/new/publication", typed)
        assert answer.status_code == 422
        assert "Another post was at this address" in answer.text
        assert "Publish anyway" not in answer.text

    def test_drafts_and_reviews_are_not_asked_about(self, cast: SimpleNamespace) -> None:
        client = browser(real_app(), cast.carol)
        for path in ("/admin/posts/new", "/admin/posts/new/submission"):
            typed = form(f"<p>{KEY}</p>", submission_id=path.replace("/", "-") * 2)
            assert post(client, path, typed).status_code == 303

    def test_a_page_is_asked_about_too(self, cast: SimpleNamespace) -> None:
        path = "/admin/posts/new/publication?kind=page"
        asked = post(browser(real_app(), cast.ada), path, form(links("/gone")))
        assert asked.status_code == 422
        again = LexborHTMLParser(asked.text).css_first(".conflict button")
        assert again is not None
        assert again.attributes["formaction"] == path


def test_each_flaw_has_its_severity() -> None:
    assert all(Finding(flaw).severity in Severity for flaw in Flaw)


def told(page: str) -> list[str]:
    rows = LexborHTMLParser(page).css("#check .findings li")
    return [" ".join(row.text().split()) for row in rows]


def hidden(page: str) -> dict[str, str]:
    field = LexborHTMLParser(page).css_first('input[name="asked"]')
    assert field is not None
    return {"asked": str(field.attributes["value"])}


def published() -> list[str]:
    db.session.rollback()
    return [each.title for each in db.session.query(Post).where(Post.status == "published")]
