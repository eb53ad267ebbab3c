"""What was typed stays its writer's to read when the post is no longer theirs to edit."""

import re
from typing import Any

import pytest
from flask import Flask

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.models import User, WorkingCopy
from bluelog.queries.people import person_by_username
from bluelog.services import posts
from tests.browsing import browser, post
from tests.making import made_by
from tests.typing_in import controls

KEEP = "/admin/working-copies"
LISTS = ("/admin/", "/admin/posts")
TYPED = {
    "title": "Ty<ped>",
    "source": "<p>A whole\n\nparagraph.</p><img onerror=x>",
    "excerpt": "Short.",
}


def kept(site: Flask, who: str, path: str, **more: Any) -> str:
    """The address of what was typed into an editor there."""
    client = browser(site, who)
    form = controls(client.get(path).text, "#editor") | TYPED | more
    assert post(client, KEEP, form, headers={"Accept": "application/json"}).json["kept"]
    with site.app_context():
        return f"{KEEP}/{db.session.scalars(db.select(WorkingCopy.id)).one()}"


def published(site: Flask, post_id: int) -> None:
    with site.app_context():
        content = posts.Content("As published", "<p>Present text.</p>", "en")
        eve = person_by_username("eve")
        posts.publish(post_id, content, version=1, by=eve, at=now())


@pytest.fixture
def stranded(site: Flask) -> str:
    """Carol's words for her post, which an editor has published since."""
    pending = made_by(site, "carol", status="pending")
    address = kept(site, "carol", f"/admin/posts/{pending}/edit", post_id=pending)
    published(site, pending)
    return address


@pytest.mark.parametrize("path", LISTS)
def test_the_writer_is_led_to_the_words_and_reads_them(
    site: Flask, stranded: str, path: str
) -> None:
    carol = browser(site, "carol")
    page = carol.get(path).text
    assert f'href="{stranded}"' in page
    assert "Ty&lt;ped&gt;" in page
    shown = carol.get(stranded)
    assert shown.status_code == 200
    assert "Ty&lt;ped&gt;" in shown.text
    assert "<p>A whole\n\nparagraph.</p>" in shown.text
    assert "onerror" not in shown.text
    assert "Short." in shown.text
    assert "Present text" not in shown.text


def test_nobody_else_reads_them(site: Flask, stranded: str) -> None:
    for who in ("alice", "eve", "ada"):
        client = browser(site, who)
        assert client.get(stranded).status_code == 404
        assert all(stranded not in client.get(path).text for path in LISTS)


def test_they_are_dropped_at_a_word(site: Flask, stranded: str) -> None:
    carol = browser(site, "carol")
    assert post(carol, f"{stranded}/removal").location == "/admin/posts"
    assert all(stranded not in carol.get(path).text for path in LISTS)


def test_what_an_editor_opens_with_is_not_told_of(site: Flask) -> None:
    draft = made_by(site, "carol", status="draft")
    address = kept(site, "carol", f"/admin/posts/{draft}/edit", post_id=draft)
    assert all(address not in browser(site, "carol").get(path).text for path in LISTS)


def test_the_words_for_a_page_stay_with_who_was_an_editor(site: Flask) -> None:
    address = kept(site, "eve", "/admin/posts/new?kind=page")
    with site.app_context():
        db.session.execute(db.update(User).where(User.username == "eve").values(role="author"))
        db.session.commit()
    eve = browser(site, "eve")
    assert all(address in eve.get(path).text for path in LISTS)
    assert post(eve, f"{address}/removal").location == "/admin/posts"


def test_a_few_are_told_of_without_their_texts(site: Flask, stranded: str) -> None:
    with site.app_context():
        copy = db.session.scalars(db.select(WorkingCopy)).one()
        given = {"user_id": copy.user_id, "post_id": copy.post_id, "saved_at": copy.saved_at}
        names = [f"another-editor-{number}" for number in range(20)]
        db.session.add_all(
            WorkingCopy(submission_id=name, fields=copy.fields, **given) for name in names
        )
        db.session.commit()
    assert browser(site, "carol").get("/admin/posts").text.count(f'href="{KEEP}/') == 5


def test_who_was_made_a_reader_finds_them_with_the_account(site: Flask) -> None:
    kept(site, "carol", "/admin/posts/new")
    room = "/account/texts"
    assert room not in browser(site, "carol").get("/account").text
    with site.app_context():
        db.session.execute(db.update(User).where(User.username == "carol").values(role="reader"))
        db.session.commit()
    carol = browser(site, "carol")
    assert f'href="{room}"' in carol.get("/account").text
    shown = carol.get(room).text
    assert "Ty&lt;ped&gt;" in shown
    assert "<p>A whole\n\nparagraph.</p>" in shown
    assert "onerror" not in shown
    assert "Short." in shown
    [drop] = re.findall(rf'action="({room}/\d+/removal)"', shown)
    assert post(browser(site, "rita"), drop).status_code == 404
    assert "Ty&lt;ped&gt;" not in browser(site, "rita").get(room).text
    assert post(carol, drop).location == room
    assert "Ty&lt;ped&gt;" not in carol.get(room).text
    assert room not in carol.get("/account").text
