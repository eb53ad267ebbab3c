"""What an editor writes to the writer is lost by no button, no conflict and no closed tab."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import Post, WorkingCopy
from bluelog.queries.people import person_by_username
from bluelog.services import posts
from bluelog.services.content import Content
from bluelog.services.notes import Note
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post
from tests.typing_in import controls

NOTE = "Shorter, please.\r\nAnd <warmer>."
KEPT = "Shorter, please.\nAnd <warmer>."
JSON = {"Accept": "application/json"}
KEEP = "/admin/working-copies"


@pytest.fixture
def pending(site: Flask) -> int:
    """Carol's post that waits for review."""
    with site.app_context():
        return make_post(person_by_username("carol"), status="pending").id


def address(post_id: int, noun: str = "edit") -> str:
    return f"/admin/posts/{post_id}/{noun}"


def editor(client: FlaskClient, post_id: int, query: str = "") -> dict[str, str]:
    return controls(client.get(address(post_id) + query).text, "#editor")


def kept(site: Flask, post_id: int) -> tuple[str, str]:
    with site.app_context():
        row = db.session.get_one(Post, post_id)
        return row.status, row.review_note


def copy_ids(site: Flask) -> list[int]:
    with site.app_context():
        return list(db.session.scalars(db.select(WorkingCopy.id)))


def keep(client: FlaskClient, form: dict[str, Any], post_id: int) -> Any:
    return post(client, KEEP, form | {"post_id": post_id}, headers=JSON).json["kept"]


def shown(client: FlaskClient, post_id: int) -> str:
    """The note above the text."""
    alert = LexborHTMLParser(client.get(address(post_id)).text).css_first("[role=note]")
    return (alert.text() or "") if alert else ""


def taken_back(site: Flask, post_id: int, verb: Any = posts.withdraw, by: str = "carol") -> None:
    with site.app_context():
        person = person_by_username(by)
        assert person is not None
        content = Content("A post", "<p>Once upon a time.</p>", "en")
        version = db.session.get_one(Post, post_id).version
        verb(post_id, content, version=version, by=person, at=NOW)


def test_a_note_alone_is_kept_while_it_is_typed_and_taken_up(site: Flask, pending: int) -> None:
    eve = browser(site, "eve")
    assert keep(eve, editor(eve, pending) | {"note": NOTE}, pending) is True
    [copy_id] = copy_ids(site)
    assert editor(eve, pending, f"?copy={copy_id}")["note"].replace("\r\n", "\n") == KEPT


def test_nothing_is_kept_of_a_note_that_was_saved(site: Flask, pending: int) -> None:
    eve = browser(site, "eve")
    form = editor(eve, pending) | {"note": NOTE}
    post(eve, address(pending), form)
    assert keep(eve, form, pending) is False
    assert keep(eve, editor(eve, pending), pending) is False


def test_a_note_to_what_is_public_by_now_is_not_kept(site: Flask, pending: int) -> None:
    eve = browser(site, "eve")
    form = editor(eve, pending) | {"note": NOTE}
    post(eve, address(pending, "publication"), form)
    assert keep(eve, form, pending) is False


def test_a_save_elsewhere_drops_no_note(site: Flask, pending: int) -> None:
    eve = browser(site, "eve")
    one, other = editor(eve, pending), editor(eve, pending)
    keep(eve, one | {"note": NOTE}, pending)
    post(eve, address(pending), other)
    assert len(copy_ids(site)) == 1


def test_saving_keeps_the_note_for_editors_until_it_is_returned(site: Flask, pending: int) -> None:
    eve, carol = browser(site, "eve"), browser(site, "carol")
    assert post(eve, address(pending), editor(eve, pending) | {"note": NOTE}).status_code == 303
    assert kept(site, pending) == ("pending", KEPT)
    assert editor(browser(site, "ada"), pending)["note"] == KEPT
    form = editor(eve, pending)
    assert "Shorter" not in carol.get(address(pending)).text
    assert post(eve, address(pending, "return"), form).status_code == 303
    assert kept(site, pending) == ("draft", KEPT)
    assert KEPT in shown(carol, pending)


def test_a_post_returned_without_a_word_says_so_until_it_is_handed_in_again(
    site: Flask, pending: int
) -> None:
    eve, carol = browser(site, "eve"), browser(site, "carol")
    lists = ("/admin/", "/admin/posts")
    assert all("Returned" not in carol.get(path).text for path in lists)
    assert post(eve, address(pending, "return"), editor(eve, pending)).status_code == 303
    assert "Returned to its writer at" in shown(carol, pending)
    assert all("Returned" in carol.get(path).text for path in lists)
    post(carol, address(pending, "submission"), editor(carol, pending))
    assert kept(site, pending)[0] == "pending"
    assert all("Returned" not in carol.get(path).text for path in lists)


@pytest.mark.parametrize(("noun", "status"), [("withdrawal", "draft"), ("privacy", "private")])
def test_the_other_buttons_keep_it_too(site: Flask, pending: int, noun: str, status: str) -> None:
    eve = browser(site, "eve")
    post(eve, address(pending, noun), editor(eve, pending) | {"note": NOTE})
    assert kept(site, pending) == (status, KEPT)


def test_a_note_may_be_emptied(site: Flask, pending: int) -> None:
    eve = browser(site, "eve")
    post(eve, address(pending), editor(eve, pending) | {"note": NOTE})
    post(eve, address(pending), editor(eve, pending) | {"note": ""})
    assert kept(site, pending) == ("pending", "")


def test_the_note_stays_on_the_page_where_the_post_was_taken_back(
    site: Flask, pending: int
) -> None:
    eve = browser(site, "eve")
    form = editor(eve, pending) | {"note": NOTE}
    taken_back(site, pending)
    refused = post(eve, address(pending, "return"), form)
    assert refused.status_code == 409
    again = controls(refused.text, "#editor")
    assert again["note"].replace("\r\n", "\n") == KEPT
    assert post(eve, address(pending), again).status_code == 303
    assert kept(site, pending) == ("draft", KEPT)
    assert KEPT in shown(browser(site, "carol"), pending)


def test_two_editors_notes_are_both_kept(site: Flask, pending: int) -> None:
    ada, eve = browser(site, "ada"), browser(site, "eve")
    one, other = editor(ada, pending), editor(eve, pending)
    post(ada, address(pending), one | {"note": "From Ada"})
    for _ in range(2):
        post(eve, address(pending), other | {"note": "From Eve"})
    assert kept(site, pending) == ("pending", "From Ada\n\nFrom Eve")


def test_a_writer_writes_no_note_of_an_editor(cast: SimpleNamespace) -> None:
    made = make_post(cast.carol, status="pending")
    content = Content("A post", "<p>So.</p>", "en")
    posts.save(made.id, content, version=1, by=cast.carol, at=NOW, note=Note("Wonderful."))
    assert db.session.get_one(Post, made.id).review_note == ""
