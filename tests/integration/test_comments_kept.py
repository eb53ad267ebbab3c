"""What somebody typed is on the page that says why it was not taken."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser
from werkzeug.test import TestResponse

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.models import Comment, CommentStatus, Post, User
from bluelog.queries.people import person_by_username
from bluelog.services import sessions
from bluelog.web.stamps import stamp
from tests.browsing import ORIGIN, browser, post
from tests.making import make_comment, make_post
from tests.typing_in import controls

WORDS = "Tom & <b>Ann</b> 汉字"
GRETA = {"author": "Greta", "email": "greta@example.org", "site": ""}


@pytest.fixture
def rows(site: Flask) -> SimpleNamespace:
    """The ids of a post and a comment on it, and a stamp for its form."""
    with site.app_context():
        alice = db.session.scalars(db.select(User).where(User.username == "alice")).one()
        made = make_post(alice)
        comment = make_comment(made)
        return SimpleNamespace(post=made.id, comment=comment.id, stamp=stamp(made.id, now()))


def change(app: Flask, model: type[Any], row_id: int, **values: Any) -> None:
    with app.app_context():
        db.session.execute(db.update(model).where(model.id == row_id).values(**values))
        db.session.commit()


def said(app: Flask, rows: SimpleNamespace, url: str, body: str = WORDS) -> TestResponse:
    return post(browser(app), url, GRETA | {"body": body, "stamp": rows.stamp})


def reply_url(rows: SimpleNamespace) -> str:
    return f"/post/a-post/comments/{rows.comment}/reply"


def comment_count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(Comment)) or 0


@pytest.mark.parametrize("is_reply", [False, True])
def test_words_sent_to_closed_comments_can_be_copied(
    site: Flask, rows: SimpleNamespace, is_reply: bool
) -> None:
    change(site, Post, rows.post, comments_open=False)
    answer = said(site, rows, reply_url(rows) if is_reply else "/post/a-post")
    assert answer.status_code == 422
    assert controls(answer.text)["body"] == WORDS
    assert "readonly" in answer.text
    assert comment_count(site) == 1


@pytest.mark.parametrize(
    "status", [CommentStatus.TRASHED, CommentStatus.SPAM, CommentStatus.EMPTIED]
)
def test_a_reply_to_what_was_removed_meanwhile_may_be_said_on_the_post(
    site: Flask, rows: SimpleNamespace, status: CommentStatus
) -> None:
    change(site, Comment, rows.comment, status=status)
    answer = said(site, rows, reply_url(rows))
    shown = controls(answer.text)
    assert answer.status_code == 404
    assert {name: shown[name] for name in GRETA} == GRETA
    assert 'action="/post/a-post#write"' in answer.text
    again = post(
        browser(site), "/post/a-post", {name: shown[name] for name in (*GRETA, "body", "stamp")}
    )
    assert again.status_code == 303
    with site.app_context():
        newest = db.session.scalars(db.select(Comment).order_by(Comment.id.desc())).first()
        assert newest is not None
        assert (newest.body, newest.parent_id) == (WORDS, None)


@pytest.mark.parametrize("is_reply", [False, True])
def test_the_limit_costs_nobody_a_word_and_says_when_to_go_on(
    site: Flask, rows: SimpleNamespace, is_reply: bool
) -> None:
    url = reply_url(rows) if is_reply else "/post/a-post"
    for number in range(6):
        assert said(site, rows, url, f"Number {number}").status_code == 303
    answer = said(site, rows, url)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert controls(answer.text) | GRETA | {"body": WORDS} == controls(answer.text)
    assert "minute" in answer.text.partition('role="alert"')[2].partition("</div>")[0]
    assert comment_count(site) == 7


@pytest.mark.parametrize("is_reply", [False, True])
def test_who_is_not_signed_in_any_more_is_told_and_may_sign_in(
    site: Flask, rows: SimpleNamespace, is_reply: bool
) -> None:
    url = reply_url(rows) if is_reply else "/post/a-post"
    rita = browser(site, "rita")
    with site.app_context():
        sessions.end_all(person_by_username("rita"))
        db.session.commit()
    headers, sent = {"Origin": ORIGIN}, {"body": WORDS, "stamp": rows.stamp}
    answer = rita.post(url, data=sent, headers=headers)
    assert answer.status_code == 422
    assert controls(answer.text)["body"] == WORDS
    assert lost(answer)
    again = browser(site)
    assert not lost(again.post(url, data=sent, headers=headers))
    # Reading, it is nobody's page.
    assert not lost(rita.get(url))
    assert rita.post(url, data=sent | GRETA, headers=headers).status_code == 303


def lost(answer: TestResponse) -> bool:
    page = LexborHTMLParser(answer.text)
    return page.css_first('#write a[href="/auth/login"]') is not None
