"""What is typed when a post is put in the trash from its editor is saved, or shown again."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import PostStatus, WorkingCopy
from bluelog.queries.people import person_by_username
from bluelog.services import posts
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import made_by, stored
from tests.typing_in import controls

TYPED = {"title": "Typed", "source": "<p>So</p>"}


def address(post_id: int, noun: str) -> str:
    return f"/admin/posts/{post_id}/{noun}"


def editor(client: FlaskClient, post_id: int) -> dict[str, str]:
    return controls(client.get(address(post_id, "edit")).text, "#editor")


@pytest.mark.parametrize(
    ("who", "status"),
    [("ada", "draft"), ("eve", "private"), ("alice", "published"), ("carol", "pending")],
)
def test_it_is_saved_and_comes_back_with_what_was_typed(site: Flask, who: str, status: str) -> None:
    post_id = made_by(site, who, status)
    client = browser(site, who)
    page = client.get(address(post_id, "edit")).text
    [button] = [
        node
        for node in LexborHTMLParser(page).css("#editor button")
        if (node.text() or "").strip() == "Move to the trash"
    ]
    answer = post(client, str(button.attributes["formaction"]), editor(client, post_id) | TYPED)
    assert (answer.status_code, answer.location) == (303, "/admin/posts")
    assert stored(site, post_id) == ("Typed", "So", PostStatus.TRASHED)
    [undo] = LexborHTMLParser(client.get(answer.location).text).css("form[action$='/reversal']")
    post(client, str(undo.attributes["action"]))
    assert stored(site, post_id) == ("Typed", "So", status)


def test_what_was_kept_meanwhile_has_become_needless(site: Flask) -> None:
    post_id = made_by(site, "alice", "draft")
    alice = browser(site, "alice")
    form = editor(alice, post_id) | TYPED
    post(alice, "/admin/working-copies", form | {"post_id": post_id})
    post(alice, address(post_id, "trash"), form)
    with site.app_context():
        assert db.session.scalars(db.select(WorkingCopy)).all() == []


def test_what_cannot_be_saved_is_shown_again_and_not_binned(site: Flask) -> None:
    post_id = made_by(site, "alice", "draft")
    alice = browser(site, "alice")
    answer = post(alice, address(post_id, "trash"), editor(alice, post_id) | TYPED | {"title": ""})
    assert answer.status_code == 422
    assert controls(answer.text, "#editor")["source"] == "<p>So</p>"
    assert "This field is required." in answer.text
    assert stored(site, post_id)[2] == "draft"


def test_what_somebody_saved_meanwhile_is_not_binned_unseen(site: Flask) -> None:
    post_id = made_by(site, "alice", "draft")
    alice = browser(site, "alice")
    form = editor(alice, post_id) | TYPED
    with site.app_context():
        content = posts.Content("Theirs", "<p>No</p>", "en")
        posts.save(post_id, content, version=1, by=person_by_username("eve"), at=NOW)
    answer = post(alice, address(post_id, "trash"), form)
    assert answer.status_code == 409
    assert controls(answer.text, "#editor")["title"] == "Typed"
    assert stored(site, post_id)[2] == "draft"


def test_nobody_bins_what_is_not_theirs(site: Flask) -> None:
    post_id = made_by(site, "alice", "draft")
    form = editor(browser(site, "alice"), post_id) | TYPED
    form.pop("csrf_token")
    assert post(browser(site, "bob"), address(post_id, "trash"), form).status_code == 404
    assert stored(site, post_id)[2] == "draft"


def test_a_button_without_the_form_bins_what_is_saved(site: Flask) -> None:
    post_id = made_by(site, "alice", "published")
    assert post(browser(site, "alice"), address(post_id, "trash")).location == "/admin/posts"
    assert stored(site, post_id) == ("A post", "Once upon a time.", "trashed")
