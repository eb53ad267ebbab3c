"""Whoever has a feed already gets no more of it: by its tag, and by its date."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.http import http_date, parse_date
from werkzeug.test import TestResponse

from bluelog.extensions import db
from tests.conftest import NOW, make_app
from tests.databases import Databases
from tests.doing import Doing
from tests.kept import address_of, forget_frame
from tests.making import make_post
from tests.stage import Stage, staged

MINUTE = timedelta(minutes=1)
PATHS = ["/feed.atom", "/feed.json", "/comments/feed.rss", "/sitemap-1.xml", "/robots.txt"]


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("conditional")) as stage:
        yield stage


@pytest.fixture(params=["kept", "made anew"])
def app(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Flask]:
    """The app with its page cache, and one without on the same database."""
    if request.param == "kept":
        yield stage.app
    else:
        folder = stage.app.config["BLUELOG_DATA_DIR"]
        anew = make_app(folder, address_of(stage.app), BLUELOG_PAGE_CACHE_BYTES="0")
        yield anew
        with anew.app_context():
            db.engine.dispose()
    stage.restore()


def get(app: Flask, path: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    forget_frame(app)
    return app.test_client().get(path, headers=named)


@pytest.mark.parametrize("path", PATHS)
def test_what_did_not_change_is_not_sent_again(app: Flask, path: str) -> None:
    with time_machine.travel(NOW + MINUTE, tick=False):
        first = get(app, path)
        tag, date = first.headers["ETag"], first.headers["Last-Modified"]
        for condition in (
            {"If_None_Match": tag},
            {"If_Modified_Since": date},
            {"If_None_Match": tag, "If_Modified_Since": http_date(0)},
        ):
            again = get(app, path, **condition)
            assert (again.status_code, again.data) == (304, b""), condition
        for condition in (
            {"If_None_Match": '"other"', "If_Modified_Since": date},
            {"If_Modified_Since": http_date(0)},
            {"If_Modified_Since": "yesterday"},
        ):
            assert get(app, path, **condition).data == first.data, condition


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json", "/sitemap-1.xml"])
def test_what_changed_is_sent_even_where_something_went_away(
    stage: Stage, app: Flask, path: str
) -> None:
    with time_machine.travel(NOW + MINUTE, tick=False):
        date = get(app, path).headers["Last-Modified"]
    with time_machine.travel(NOW + 2 * MINUTE, tick=False):
        with stage.app.app_context():
            Doing(stage).change("alices_published", slug="moved")
        soon = get(app, path, If_Modified_Since=date)
    with time_machine.travel(NOW + 3 * MINUTE, tick=False):
        later = get(app, path, If_Modified_Since=date)
    assert (soon.status_code, later.status_code) == (200, 200)
    assert b"/post/moved" in soon.data
    assert parse_date(later.headers["Last-Modified"]) == NOW + 2 * MINUTE


def test_within_the_second_of_a_change_no_date_is_given(stage: Stage, app: Flask) -> None:
    when = NOW + MINUTE
    with time_machine.travel(when, tick=False):
        with stage.app.app_context():
            Doing(stage).change("alices_published", title="First")
        assert "Last-Modified" not in get(app, "/feed.atom").headers
    half = timedelta(milliseconds=500)
    with time_machine.travel(when + half, tick=False):
        with stage.app.app_context():
            Doing(stage).change("alices_published", title="Second")
        assert "Second" in get(app, "/feed.atom", If_Modified_Since=http_date(when)).text
    with time_machine.travel(when + 2 * half, tick=False):
        assert parse_date(get(app, "/feed.atom").headers["Last-Modified"]) == when


def test_a_post_that_falls_due_changes_the_date(stage: Stage, app: Flask) -> None:
    due = NOW + 5 * MINUTE
    with time_machine.travel(NOW + MINUTE, tick=False), stage.app.app_context():
        make_post(Doing(stage).alice, "Soon", status="scheduled", published_at=due)
    with time_machine.travel(due - MINUTE, tick=False):
        date = get(app, "/feed.atom").headers["Last-Modified"]
    with time_machine.travel(due + MINUTE, tick=False):
        answer = get(app, "/feed.atom", If_Modified_Since=date)
        assert "Soon" in answer.text
        assert parse_date(answer.headers["Last-Modified"]) == due
        assert datetime.now(UTC) == due + MINUTE
