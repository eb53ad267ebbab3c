"""The whole way of a picture through an app whose pictures lie in a bucket."""

import logging
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bluelog import storage
from bluelog.clock import now
from bluelog.extensions import db
from bluelog.jobs import due, run_due
from bluelog.models import Category, Site, Upload
from bluelog.storage import LocalStorage, S3Storage
from tests import s3
from tests.browsing import post, sign_in
from tests.conftest import CAST, NOW, person
from tests.pictures import opened, photograph

JSON = {"Accept": "application/json"}


@pytest.fixture
def files(on_s3: Flask) -> S3Storage:
    chosen = storage.current()
    assert isinstance(chosen, S3Storage)
    return chosen


@pytest.fixture
def filled(on_s3: Flask) -> Flask:
    """The app with its site and its cast."""
    with on_s3.app_context():
        db.session.add(Site(title="The Lantern", description="Notes", created_at=NOW))
        db.session.add(
            Category(name="General", name_key="general", slug="general", is_default=True)
        )
        db.session.add_all([person(name, role) for name, role in CAST.items()])
        db.session.commit()
    return on_s3


@pytest.fixture
def browser(filled: Flask) -> FlaskClient:
    """Alice's, signed in."""
    client = filled.test_client()
    sign_in(client, "alice")
    return client


def sent(browser: FlaskClient, data: bytes) -> Any:
    picture = {"upload": (BytesIO(data), "harbour.jpg")}
    return post(browser, "/admin/upload", picture, headers=JSON)


def kept() -> Upload:
    db.session.rollback()
    return db.session.scalars(select(Upload)).one()


class TestJourney:
    def test_from_the_editor_to_the_reader_and_away(
        self, filled: Flask, browser: FlaskClient, files: S3Storage
    ) -> None:
        answer = sent(browser, photograph())
        assert answer.status_code == 200
        reader = filled.test_client()
        address = answer.json["url"]
        picture = reader.get(address)
        assert (picture.status_code, picture.content_type) == (200, "image/jpeg")
        assert opened(picture.data).size == (1000, 500)
        assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert picture.headers["Content-Security-Policy"] == "default-src 'none'"
        assert "Set-Cookie" not in picture.headers

        narrow = address.replace(".jpg", "-480.jpg")
        early = reader.get(narrow)
        assert (early.data, early.headers["Cache-Control"]) == (picture.data, "no-store")
        with filled.app_context():
            assert run_due(now()) > 1
            assert run_due(now()) == 0
        assert opened(reader.get(narrow).data).size == (480, 240)

        digest = address.rpartition("/")[2].removesuffix(".jpg")
        names = {f"{digest}{width}.jpg" for width in ("", "-480", "-960")}
        further = {f"{digest}{w}.{f}" for w in ("-480", "-1000") for f in ("avif", "webp")}
        assert set(files.names()) == names | further
        names |= further
        for name in names:
            files.delete(name)
        assert reader.get(address).status_code == 404
        assert reader.get(narrow).status_code == 404

    def test_nothing_is_written_on_this_machine(self, filled: Flask, browser: FlaskClient) -> None:
        assert sent(browser, photograph()).status_code == 200
        assert not filled.config["BLUELOG_UPLOAD_PATH"].exists()

    def test_a_part_is_sent_alone_and_what_a_browser_has_not_at_all(
        self, filled: Flask, browser: FlaskClient
    ) -> None:
        address = sent(browser, photograph()).json["url"]
        reader = filled.test_client()
        whole = reader.get(address)
        assert whole.headers["Accept-Ranges"] == "bytes"
        assert whole.headers["Content-Length"] == str(len(whole.data))
        middle = reader.get(address, headers={"Range": "bytes=1000-1999"})
        assert (middle.status_code, middle.data) == (206, whole.data[1000:2000])
        assert middle.headers["Content-Range"] == f"bytes 1000-1999/{len(whole.data)}"
        end = reader.get(address, headers={"Range": "bytes=-5"})
        assert (end.status_code, end.data) == (206, whole.data[-5:])
        beyond = reader.get(address, headers={"Range": "bytes=99999999-"})
        assert beyond.status_code == 416
        again = reader.get(address, headers={"If-None-Match": whole.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        head = reader.head(address)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == str(len(whole.data))

    def test_the_same_picture_is_kept_once(self, filled: Flask, browser: FlaskClient) -> None:
        first, second = sent(browser, photograph()), sent(browser, photograph())
        assert first.json == second.json
        with filled.app_context():
            assert kept()

    def test_unknown_names_are_404(self, filled: Flask) -> None:
        for name in ("0" * 64 + ".jpg", "0" * 64 + "-480.jpg", "old.jpg", "..%2f..%2fetc%2fpasswd"):
            assert filled.test_client().get(f"/uploads/{name}").status_code == 404


@pytest.fixture
def away(files: S3Storage) -> S3Storage:
    """The server does not answer any more."""
    files.outage.failed()
    files.outage.pause_seconds = 600
    files.outage.failed()
    return files


@pytest.mark.usefixtures("away")
class TestAway:
    def test_a_picture_is_refused_in_words_and_the_text_is_safe(
        self, filled: Flask, browser: FlaskClient
    ) -> None:
        answer = sent(browser, photograph())
        assert (answer.status_code, answer.json["uploaded"]) == (503, 0)
        assert "cannot be stored right now" in answer.json["error"]["message"]
        with filled.app_context():
            assert db.session.scalars(select(Upload)).all() == []

    def test_a_cover_is_refused_at_its_field_and_what_was_typed_is_shown_again(
        self, browser: FlaskClient
    ) -> None:
        typed = {"title": "灯火 & oil", "source": "<p>Every word of it.</p>", "language": "en"}
        cover = {"cover": (BytesIO(photograph()), "harbour.jpg"), "submission_id": "a" * 22}
        answer = post(browser, "/admin/posts/new", typed | cover)
        assert answer.status_code == 503
        assert "cannot be stored right now" in answer.text
        assert "灯火 &amp; oil" in answer.text
        assert "Every word of it." in answer.text

    def test_reading_goes_on_and_a_picture_says_when_to_come_back(self, filled: Flask) -> None:
        reader = filled.test_client()
        assert reader.get("/").status_code == 200
        answer = reader.get(f"/uploads/{'0' * 64}.jpg")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_variants_wait_for_a_server_that_is_away(
    filled: Flask, browser: FlaskClient, files: S3Storage, caplog: pytest.LogCaptureFixture
) -> None:
    assert sent(browser, photograph()).status_code == 200
    files.outage.failed()
    with filled.app_context():
        assert run_due(now()) == 0
        assert kept().variants_at is None
        assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []
        files.outage.answered()
        due.files_away.answered()
        assert run_due(now()) > 1
        assert kept().variants_at


def test_a_server_that_dies_is_told_in_the_log_without_the_secret(
    filled: Flask,
    browser: FlaskClient,
    s3_server: s3.Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    s3_server.stop()
    try:
        for _ in range(3):
            assert sent(browser, photograph()).status_code == 503
    finally:
        s3_server.start()
    told = [record for record in caplog.records if "does not answer" in record.getMessage()]
    assert len(told) == 1
    assert s3.SECRET not in caplog.text


def test_a_full_disk_is_told_as_a_server_away_is(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_files: LocalStorage, _target: object, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalStorage, "_write", full)
    client = site.test_client()
    sign_in(client, "alice")
    answer = sent(client, photograph())
    assert answer.status_code == 503
    assert "cannot be stored right now" in answer.json["error"]["message"]
