"""Links by which outsiders read what is not public."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from bluelog import mail
from bluelog.errors import NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.jobs.due import HOURLY
from bluelog.models import AccountStatus, Category, Post, PreviewLink
from bluelog.queries.preview_links import MOST_A_POST, live_preview_link, preview_links_of
from bluelog.services import posts, preview_links
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post

PRIVATE = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@pytest.fixture
def draft(cast: SimpleNamespace) -> Post:
    return make_post(cast.alice, "A hidden walk", status="draft", html="<p>Past the mill.</p>")


def link_to(post_: Post, by: Any, *, days: int = 7, name: str = "a", at: datetime = NOW) -> str:
    made = preview_links.make(post_.id, days=days, submission_id=name * 20, by=by, at=at)
    return mail.preview_address(made).removeprefix("http://localhost")


def form(**more: Any) -> dict[str, Any]:
    general = db.session.scalars(db.select(Category).where(Category.is_default)).one()
    filled = {"title": "Typed just now", "source": "<h2>Deep</h2><p>Not saved.</p>"}
    filled |= {"language": "en", "category_id": general.id, "comments_open": "y"}
    return filled | {"submission_id": "s" * 20, "source_format": "html"} | more


def article(page: str) -> str:
    found = LexborHTMLParser(page).css_first("article")
    assert found is not None
    return str(found.html)


def links() -> int:
    db.session.rollback()
    return db.session.query(PreviewLink).count()


class TestALink:
    def test_shows_what_is_saved_to_whoever_has_it(
        self, draft: Post, cast: SimpleNamespace
    ) -> None:
        path = link_to(draft, cast.alice)
        with time_machine.travel(NOW, tick=False):
            for client in (browser(_app()), browser(_app(), cast.rita)):
                answer = client.get(path)
                assert answer.status_code == 200
                assert "Past the mill." in article(answer.text)
                assert PRIVATE.items() <= dict(answer.headers).items()
                assert "Set-Cookie" not in answer.headers
                assert '<meta name="robots" content="noindex, nofollow">' in answer.text
                for part in ("Write a comment", "/edit", "/trash", path, "Sign out"):
                    assert part not in answer.text, part

    def test_works_until_its_day(self, draft: Post, cast: SimpleNamespace) -> None:
        path = link_to(draft, cast.alice, days=1)
        for after, status in ((timedelta(hours=23, minutes=59), 200), (timedelta(days=1), 404)):
            with time_machine.travel(NOW + after, tick=False):
                assert browser(_app()).get(path).status_code == status

    def test_that_ended_says_so(self, draft: Post, cast: SimpleNamespace) -> None:
        path = link_to(draft, cast.alice, days=1)
        with time_machine.travel(NOW + timedelta(days=2), tick=False):
            answer = browser(_app()).get(path)
        assert "This preview has ended" in answer.text
        assert "mill" not in answer.text
        assert PRIVATE.items() <= dict(answer.headers).items()

    def test_leads_to_the_post_once_that_is_public(
        self, draft: Post, cast: SimpleNamespace
    ) -> None:
        path = link_to(draft, cast.alice)
        draft.status, draft.published_at = "published", NOW
        db.session.commit()
        with time_machine.travel(NOW, tick=False):
            answer = browser(_app()).get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/post/a-hidden-walk")
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_shows_a_page_and_a_post_that_is_due_later(self, cast: SimpleNamespace) -> None:
        tomorrow = NOW + timedelta(days=1)
        hidden = [
            make_post(cast.ada, "Imprint", kind="page", status="draft"),
            make_post(cast.ada, "Due", status="scheduled", published_at=tomorrow),
            make_post(cast.ada, "Private", status="private"),
        ]
        paths = [link_to(each, cast.ada, name=each.title[0]) for each in hidden]
        with time_machine.travel(NOW, tick=False):
            pages = [article(browser(_app()).get(path).text) for path in paths]
        assert all("Once upon a time." in page for page in pages)
        assert "March 11, 2026" in pages[1]

    def test_forged_is_none(self, draft: Post, cast: SimpleNamespace) -> None:
        path = link_to(draft, cast.alice)
        for forged in (path[:-1], path + "x", "/preview/1", "/preview/..", "/preview/%ff"):
            assert browser(_app()).get(forged).status_code == 404, forged

    def test_of_a_former_row_of_the_same_id_is_dead(
        self, draft: Post, cast: SimpleNamespace
    ) -> None:
        path = link_to(draft, cast.alice)
        db.session.execute(db.update(PreviewLink).values(created_at=NOW + timedelta(seconds=1)))
        db.session.commit()
        with time_machine.travel(NOW, tick=False):
            assert browser(_app()).get(path).status_code == 404

    @pytest.mark.parametrize("change", [{"status": AccountStatus.DISABLED}, {"role": "reader"}])
    def test_ends_with_the_rights_of_who_made_it(
        self, draft: Post, cast: SimpleNamespace, change: dict[str, str]
    ) -> None:
        path = link_to(draft, cast.alice)
        for name, value in change.items():
            setattr(cast.alice, name, value)
        db.session.commit()
        with time_machine.travel(NOW, tick=False):
            assert browser(_app()).get(path).status_code == 404


class TestMaking:
    def test_the_same_submission_twice_makes_one(self, draft: Post, cast: SimpleNamespace) -> None:
        assert link_to(draft, cast.alice) == link_to(draft, cast.alice)
        assert links() == 1

    @pytest.mark.parametrize("days", [0, -1, 2, 10_000])
    def test_is_for_the_times_that_are_offered(
        self, draft: Post, cast: SimpleNamespace, days: int
    ) -> None:
        with pytest.raises(RuleBroken):
            link_to(draft, cast.alice, days=days)

    def test_ends_at_so_many(self, draft: Post, cast: SimpleNamespace) -> None:
        for number in range(MOST_A_POST):
            link_to(draft, cast.alice, name=chr(ord("a") + number))
        with pytest.raises(RuleBroken):
            link_to(draft, cast.alice, name="z")
        later = NOW + timedelta(days=8)
        assert link_to(draft, cast.alice, name="z", at=later)

    def test_is_not_for_what_is_public_or_another_persons(self, cast: SimpleNamespace) -> None:
        public = make_post(cast.alice, "Public")
        with pytest.raises(RuleBroken):
            link_to(public, cast.alice)
        with pytest.raises(NotFound):
            link_to(public, cast.bob)


class TestEnding:
    def test_revoked_it_shows_nothing(self, draft: Post, cast: SimpleNamespace) -> None:
        path = link_to(draft, cast.alice)
        (link,) = preview_links_of(draft, NOW)
        link_id = link.id
        for _ in range(2):  # the second time nothing is left to do
            preview_links.revoke(draft.id, link_id, by=cast.eve, at=NOW)
        with time_machine.travel(NOW, tick=False):
            assert browser(_app()).get(path).status_code == 404

    def test_through_another_post_is_not_possible(self, draft: Post, cast: SimpleNamespace) -> None:
        link_to(draft, cast.alice)
        (link,) = preview_links_of(draft, NOW)
        link_id = link.id
        other = make_post(cast.bob, "Bobs", status="draft")
        preview_links.revoke(other.id, link_id, by=cast.bob, at=NOW)
        assert live_preview_link(link_id, NOW) is not None

    def test_in_the_trash_all_end_for_good(self, draft: Post, cast: SimpleNamespace) -> None:
        path = link_to(draft, cast.alice)
        posts.trash(draft.id, by=cast.alice, at=NOW)
        assert links() == 0
        posts.restore(draft.id, by=cast.alice, at=NOW)
        with time_machine.travel(NOW, tick=False):
            assert browser(_app()).get(path).status_code == 404

    def test_the_worker_clears_out_what_has_expired(
        self, draft: Post, cast: SimpleNamespace
    ) -> None:
        link_to(draft, cast.alice, days=1, name="a")
        link_to(draft, cast.alice, days=30, name="b")
        assert preview_links.purge in HOURLY
        preview_links.purge(NOW + timedelta(days=1))
        assert links() == 1


class TestTheEditor:
    def test_makes_lists_and_revokes_with_what_was_typed(
        self, draft: Post, cast: SimpleNamespace
    ) -> None:
        base = f"/admin/posts/{draft.id}"
        typed = form(version=1, preview_days=30, preview_submission="p" * 20)
        with time_machine.travel(NOW, tick=False):
            client = browser(_app(), cast.alice)
            made = post(client, f"{base}/preview-links", typed)
            assert made.status_code == 200
            address = _address(made.text)
            assert "made by Alice" in made.text
            assert "Typed just now" in made.text
            assert browser(_app()).get(address).status_code == 200
            assert _address(_read(client, f"{base}/edit")) == address, "it is copied later too"
            db.session.rollback()  # what was read before is a snapshot of then
            (link,) = preview_links_of(draft, NOW)
            path = f"{base}/preview-links/{link.id}/revocation"
            revoked = post(client, path, typed)
            assert "Typed just now" in revoked.text
            assert _address(revoked.text) == ""
            assert browser(_app()).get(address).status_code == 404

    def test_refuses_with_what_was_typed(self, draft: Post, cast: SimpleNamespace) -> None:
        client, base = browser(_app(), cast.alice), f"/admin/posts/{draft.id}"
        for wrong in ({"preview_days": "x"}, {"preview_days": 7, "preview_submission": "<"}):
            typed = form(version=1, preview_submission="p" * 20) | wrong
            answer = post(client, f"{base}/preview-links", typed)
            assert answer.status_code == 422
            assert "Typed just now" in answer.text
        assert links() == 0

    def test_offers_none_for_what_is_public(self, cast: SimpleNamespace) -> None:
        public = make_post(cast.alice, "Public")
        page = _read(browser(_app(), cast.alice), f"/admin/posts/{public.id}/edit")
        assert "preview_days" not in page


def _read(client: FlaskClient, path: str) -> str:
    return client.get(path).text


def _address(page: str) -> str:
    field = LexborHTMLParser(page).css_first(".preview-link input")
    return str(field.attributes["value"]).removeprefix("http://localhost") if field else ""


def _app() -> Flask:
    from flask import current_app

    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]
