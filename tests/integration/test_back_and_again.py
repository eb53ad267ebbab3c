"""The form of a new post sent twice: from a double click, or with other words after Back."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from werkzeug.test import TestResponse

from bluelog.extensions import db
from bluelog.models import Post, PostStatus
from tests.browsing import browser, post

FORM: dict[str, Any] = {
    "title": "The ferry",
    "source": "<p>It leaves at nine.</p>",
    "language": "en",
    "category_id": "1",
    "submission_id": "one-submission-of-this-form",
}
OTHER = FORM | {"title": "The bus", "source": "<p>It leaves at ten.</p>"}


@pytest.fixture
def writer(site: Flask) -> FlaskClient:
    return browser(site, "alice")


def titles(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(Post.title).order_by(Post.id)))


def typed(answer: TestResponse) -> tuple[str, str]:
    page = LexborHTMLParser(answer.text)
    shown = [page.css_first(f"[name={name}]").text() for name in ("title", "source")]
    return shown[0].strip(), shown[1].strip()


@pytest.mark.parametrize("path", ["/admin/posts/new", "/admin/posts/new/publication"])
def test_a_second_click_is_answered_like_the_first(site, writer, path):
    answers = [post(writer, path, FORM) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert titles(site) == ["The ferry"]


@pytest.mark.parametrize("path", ["/admin/posts/new", "/admin/posts/new/publication"])
def test_other_words_are_shown_beside_the_post_that_was_made(site, writer, path):
    post(writer, path, FORM)
    answer = post(writer, path, OTHER)
    assert answer.status_code == 409
    assert typed(answer) == ("The bus", "<p>It leaves at ten.</p>")
    assert "It leaves at nine." in answer.text
    assert titles(site) == ["The ferry"]
    version = LexborHTMLParser(answer.text).css_first("[name=version]").attributes["value"]
    saved = post(writer, "/admin/posts/1/edit", OTHER | {"version": version})
    assert saved.status_code == 303
    assert titles(site) == ["The bus"]


def test_publishing_what_was_only_to_be_saved_is_no_double_click(site, writer):
    post(writer, "/admin/posts/new", FORM)
    assert post(writer, "/admin/posts/new/publication", FORM).status_code == 409


def test_other_words_are_kept_where_the_post_is_out_of_reach(site):
    carol = browser(site, "carol")
    post(carol, "/admin/posts/new/submission", FORM)
    with site.app_context():
        db.session.execute(db.update(Post).values(status=PostStatus.PUBLISHED))
        db.session.commit()
    answer = post(carol, "/admin/posts/new/submission", OTHER)
    assert answer.status_code == 409
    assert typed(answer) == ("The bus", "<p>It leaves at ten.</p>")
    fresh = LexborHTMLParser(answer.text).css_first("[name=submission_id]").attributes["value"]
    post(carol, "/admin/posts/new/submission", OTHER | {"submission_id": fresh})
    assert titles(site) == ["The ferry", "The bus"]
