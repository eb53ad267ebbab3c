"""A browser that is used stays signed in, and an editor left open can still save."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from bluelog.extensions import db
from bluelog.models import UserSession
from bluelog.queries.people import person_by_username
from bluelog.services import sessions
from tests.browsing import browser, csrf_token, sign_in
from tests.conftest import NOW
from tests.pictures import keep, photograph

DAY = timedelta(days=1)
POST: dict[str, Any] = {
    "title": "The ferry",
    "source": "<p>It leaves at nine.</p>",
    "language": "en",
    "category_id": "1",
    "submission_id": "one-submission-of-this-form",
}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def is_known(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def seen_at(app: Flask) -> Any:
    with app.app_context():
        return db.session.scalars(db.select(UserSession.seen_at)).one()


def uploaded(app: Flask) -> str:
    with app.app_context():
        alice = person_by_username("alice")
        assert alice is not None
        return keep(photograph(), alice).filename


@pytest.mark.parametrize(("remember", "lasts"), [(False, DAY), (True, 30 * DAY)])
def test_a_browser_that_is_used_stays_signed_in(site, clock, remember, lasts):
    client = site.test_client()
    sign_in(client, "rita", remember=remember)
    for step in range(1, 4):
        clock.move_to(NOW + step * (lasts - timedelta(hours=1)))
        assert is_known(client)
    clock.shift(lasts)
    assert not is_known(client)


def test_being_seen_is_written_and_said_every_ten_minutes_at_most(site, clock):
    client = browser(site, "rita")
    client.get("/")  # The first page puts the token of its forms into the cookie.
    clock.shift(timedelta(minutes=9))
    assert "Set-Cookie" not in client.get("/").headers
    assert seen_at(site) == NOW
    clock.shift(timedelta(minutes=1))
    assert "Set-Cookie" in client.get("/").headers
    assert "Set-Cookie" not in client.get("/").headers
    assert seen_at(site) == NOW + timedelta(minutes=10)


def test_a_stranger_gets_no_cookie_and_a_picture_asks_for_none(site, clock):
    client = browser(site, "rita")
    clock.shift(timedelta(hours=1))
    assert "Set-Cookie" not in site.test_client().get("/").headers
    for path in ("/static/css/prose.css", "/uploads/" + uploaded(site)):
        answer = client.get(path, buffered=True)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert seen_at(site) == NOW


def test_a_page_is_answered_where_nothing_can_be_written(site, clock, monkeypatch):
    asked = []

    def locked(key: str, at: Any) -> bool:
        asked.append((key, at))
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    client = browser(site, "rita")
    monkeypatch.setattr(sessions, "touch", locked)
    assert client.get("/").status_code == 200
    assert asked == []  # It was seen just now.
    clock.shift(timedelta(minutes=10))
    assert client.get("/").status_code == 200
    assert len(asked) == 1


def test_an_editor_that_was_open_for_hours_can_save(site, clock):
    client = browser(site, "alice")
    token = csrf_token(client)
    clock.shift(timedelta(hours=5))
    answer = client.post("/admin/posts/new", data=POST | {"csrf_token": token})
    assert answer.status_code == 303
