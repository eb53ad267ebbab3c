"""How long a post takes comments, by the site's rule."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import Comment, Post, Site
from bluelog.services import comments
from bluelog.services.comments import Guest, Words
from tests.browsing import browser
from tests.browsing import post as send
from tests.conftest import NOW
from tests.making import make_comment, make_post
from tests.typing_in import controls

GRETA = Guest("Greta", "greta@example.org", "")


@pytest.fixture
def post(cast: SimpleNamespace) -> Post:
    return make_post(cast.alice, "A post", published_at=NOW - timedelta(days=14))


def rule(days: int) -> None:
    db.session.execute(db.update(Site).values(comment_days=days))
    db.session.commit()


def say(post: Post, at: Any = NOW, **values: Any) -> Any:
    words = Words(post.id, f"Words of {at}", "stamp", **values)
    receipt = comments.submit(words, by=GRETA, address="203.0.113.5", at=at)
    return db.session.get_one(Comment, receipt.comment_id)


def test_it_takes_them_to_the_last_moment_and_no_longer(post: Post) -> None:
    rule(14)
    assert say(post, NOW - timedelta(microseconds=1)).id
    with pytest.raises(RuleBroken, match="closed"):
        say(post, NOW)


def test_without_a_rule_it_takes_them_for_ever(post: Post) -> None:
    assert say(post, NOW + timedelta(days=36_500)).id


def test_who_closed_them_sooner_is_heeded(post: Post) -> None:
    rule(30)
    post.comments_open = False
    db.session.commit()
    with pytest.raises(RuleBroken, match="closed"):
        say(post)


def test_a_longer_rule_opens_them_again(post: Post) -> None:
    rule(10)
    with pytest.raises(RuleBroken):
        say(post)
    rule(20)
    assert say(post).id


def test_readers_see_them_closed(post: Post, client: FlaskClient) -> None:
    comment = make_comment(post)
    assert "Write a comment" in client.get("/post/a-post").text
    rule(14)
    page = client.get("/post/a-post").text
    assert "Comments on this post are closed." in page
    assert "Write a comment" not in page
    assert "/reply" not in page
    answer = client.get(f"/post/a-post/comments/{comment.id}/reply")
    assert answer.location == "/post/a-post?notice=comments-closed"


@pytest.mark.parametrize(("typed", "kept"), [("30", 30), ("0", 0), ("36500", 36_500)])
def test_an_administrator_sets_the_days(
    site: Flask, cast: SimpleNamespace, typed: str, kept: int
) -> None:
    assert saved(site, typed).status_code == 303
    assert db.session.scalars(db.select(Site.comment_days)).one() == kept


@pytest.mark.parametrize("typed", ["-1", "36501", "a week", ""])
def test_what_is_no_number_of_days_is_refused_and_kept(
    site: Flask, cast: SimpleNamespace, typed: str
) -> None:
    answer = saved(site, typed)
    assert answer.status_code == 422
    assert controls(answer.text)["comment_days"] == typed
    assert db.session.scalars(db.select(Site.comment_days)).one() == 0


def saved(site: Flask, days: str) -> Any:
    client = browser(site, "ada")
    db.session.rollback()  # Or it would go on reading what it read before.
    form = controls(client.get("/admin/settings").text, "form.sections")
    return send(client, "/admin/settings", form | {"comment_days": days})
