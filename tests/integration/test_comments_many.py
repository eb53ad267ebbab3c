"""Deciding about many comments, and several people deciding at once."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from bluelog.extensions import db
from bluelog.models import AuditEvent, Comment, CommentStatus, Post
from bluelog.services import changes, comments
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.databases import POSTGRES
from tests.making import make_comment, make_post
from tests.racing import at_once, hold

MANY = 1200


def pending(made: Post, count: int) -> None:
    row = {"post_id": made.id, "status": "pending", "body": "x", "html": "x", "created_at": NOW}
    db.session.execute(insert(Comment), [row] * count)
    db.session.commit()


def test_all_that_waits_is_approved_in_portions_and_undone_in_one_go(cast: SimpleNamespace) -> None:
    made = make_post(cast.alice)
    pending(made, MANY)
    named: list[int] = []

    def count_names(*sent: Any) -> None:
        *_, parameters, _context, many = sent
        named.append(0 if many else len(parameters))

    db.event.listen(db.engine, "before_cursor_execute", count_names)
    assert comments.approve_all(by=cast.eve, at=NOW) == MANY
    act = db.session.scalars(select(AuditEvent)).one()
    assert db.session.get_one(Post, made.id).comment_count == MANY
    changes.reverse(act.id, by=cast.eve, at=NOW)
    db.event.remove(db.engine, "before_cursor_execute", count_names)
    assert max(named) < MANY
    assert db.session.get_one(Post, made.id).comment_count == 0
    assert db.session.scalars(select(Comment.status).distinct()).all() == ["pending"]


def test_a_request_names_a_thousand_comments_at_most(site: Flask) -> None:
    client, url = browser(site, "eve"), "/admin/comments/approval"
    assert post(client, url, {"id": ["7"] * 1001}).status_code == 400
    assert post(client, url, {"id": ["7"] * 1000}).status_code == 404


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 10, "0" * 11 + "1", str(2**31)])
def test_a_number_that_is_no_id_is_not_read_as_one(site: Flask, number: str) -> None:
    answer = post(browser(site, "eve"), "/admin/comments/approval", {"id": number})
    assert answer.status_code == 303


@pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer at a time")
@pytest.mark.parametrize("verb", ["approve", "approve_all", "withdraw"])
def test_who_waits_for_a_post_holds_none_of_its_comments(
    site: Flask, cast: SimpleNamespace, verb: str
) -> None:
    """Else a reply, which holds the post, and the decision would wait for each other."""
    made = make_post(cast.alice)
    comment = make_comment(made, status="pending", user_id=cast.rita.id)
    ids, eve, rita, post_id = [comment.id], cast.eve, cast.rita, made.id
    decide = {
        "approve": lambda: comments.approve(ids, by=eve, at=NOW),
        "approve_all": lambda: comments.approve_all(by=eve, at=NOW),
        "withdraw": lambda: comments.withdraw(ids[0], by=rita, at=NOW),
    }[verb]

    def reply() -> object:
        return hold(post_id, select(Comment.id).where(Comment.id == ids[0]))

    def decide_meanwhile() -> object:
        time.sleep(0.3)
        return decide()

    db.session.rollback()
    replied, decided = at_once(site, reply, decide_meanwhile)
    assert replied == ids[0]
    assert not isinstance(decided, Exception)
    assert db.session.get_one(Comment, ids[0]).status in (
        CommentStatus.APPROVED,
        CommentStatus.TRASHED,
    )
