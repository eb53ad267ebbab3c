"""The page that says how the blog is doing."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.jobs.due import show_life
from bluelog.models import Counter
from bluelog.operations.backup.record import Outcome, keep
from tests.browsing import ORIGIN, csrf_token, sign_in
from tests.postbox import Postbox, send_to


@pytest.fixture
def ada(site: Flask) -> FlaskClient:
    client = site.test_client()
    sign_in(client, "ada")
    return client


def test_the_worst_stands_first_with_what_to_do(ada: FlaskClient) -> None:
    page = ada.get("/admin/health").text
    assert page.index("No worker was ever seen.") < page.index("There is no backup.")
    assert page.index("There is no backup.") < page.index("All settings of the configuration")
    assert "<code>flask worker</code>" in page


def test_it_speaks_both_languages(ada: FlaskClient) -> None:
    page = ada.get("/admin/health?lang=zh-Hans").text
    assert "后台进程从未运行过。" in page
    assert "No worker was ever seen." not in page


def test_when_all_is_fine_it_says_so(site: Flask, ada: FlaskClient) -> None:
    with site.app_context():
        show_life(now())
        site.config["SECRET_KEY"] = "4d1f0cb2a9e84c6f9b0e7a5d3c2f1e0b"
    site.config["BLUELOG_URL"] = None
    keep(site.config["BLUELOG_DATA_DIR"] / "backups", Outcome(now(), "a.tar", 1, True, ""))
    sign_in(ada, "ada")
    page = ada.get("/admin/health").text
    assert "All is fine." in page
    assert "status-grave" not in page
    assert "status-pending" not in page


def test_no_secret_is_on_it(site: Flask, ada: FlaskClient) -> None:
    site.config["MAIL_PASSWORD"] = "open-barley-77"
    page = ada.get("/admin/health").text
    assert "open-barley-77" not in page
    assert site.config["SECRET_KEY"] not in page


def test_a_page_with_a_worker_long_gone_tells_for_how_long(site: Flask, ada: FlaskClient) -> None:
    with site.app_context():
        db.session.add(Counter(name="worker_seen", value=int(now().timestamp()) - 7200))
        db.session.commit()
    assert "No worker was seen for 2 hours." in ada.get("/admin/health").text


def test_a_test_message_is_sent_from_it(site: Flask, ada: FlaskClient) -> None:
    with Postbox() as box, site.app_context():
        send_to(box.port, site)
        site.config["BLUELOG_EMAIL"] = ("ada@example.com",)
        form = {"csrf_token": csrf_token(ada)}
        answer = ada.post("/admin/health/test-message", data=form, headers={"Origin": ORIGIN})
        assert (answer.status_code, answer.location) == (303, "/admin/health")
        assert [message["To"] for message in box.messages] == ["ada@example.com"]
        assert (
            "A test message to ada@example.com was taken: 250 OK" in ada.get(answer.location).text
        )
