"""What is typed while somebody else puts the post in the trash is saved all the same."""

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import Category
from bluelog.queries.people import person_by_username
from bluelog.services import posts
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import made_by, stored
from tests.typing_in import controls


@pytest.mark.parametrize(
    ("who", "status"),
    [("ada", "draft"), ("eve", "private"), ("alice", "published"), ("carol", "pending")],
)
def test_the_button_that_is_left_saves_and_restores(site: Flask, who: str, status: str) -> None:
    post_id = made_by(site, who, status)
    client = browser(site, who)
    path = f"/admin/posts/{post_id}/edit"
    typed = controls(client.get(path).text, "#editor") | {"title": "Typed", "source": "<p>So</p>"}
    with site.app_context():
        posts.trash(post_id, by=person_by_username("eve"), at=NOW)
    refused = post(client, path, typed)
    assert refused.status_code == 409
    page = LexborHTMLParser(refused.text)
    [button] = page.css("button[form=editor]")
    shown = controls(refused.text, "#editor")
    assert (shown["title"], shown["source"]) == ("Typed", "<p>So</p>")
    assert page.css_first("#editor").attributes["action"] == button.attributes["formaction"]
    assert post(client, str(button.attributes["formaction"]), shown).status_code == 303
    assert stored(site, post_id) == ("Typed", "So", status)


def test_a_post_in_the_trash_moves_to_another_category_when_it_is_restored(site: Flask) -> None:
    post_id = made_by(site, "alice", "published")
    with site.app_context():
        other = Category(name="Sea", name_key="sea", slug="sea")
        db.session.add(other)
        db.session.commit()
        alice = person_by_username("alice")
        posts.trash(post_id, by=alice, at=NOW)
        content = posts.Content("Typed", "<p>So</p>", "en", category_id=other.id)
        posts.recover(post_id, content, version=2, by=alice, at=NOW)
        counts = {c.slug: c.post_count for c in db.session.scalars(db.select(Category))}
    assert counts == {"general": 0, "sea": 1}
