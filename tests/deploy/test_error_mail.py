"""A fault of the app under the shipped server reaches its operator by mail."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage

import pytest

from tests.deploy.conftest import Stage
from tests.postbox import wait_until

pytestmark = pytest.mark.deploy


@contextmanager
def broken(stage: Stage, table: str) -> Iterator[None]:
    """Take a table away from under the blog."""
    rename = 'ALTER TABLE "{}" RENAME TO "{}"'
    with closing(sqlite3.connect(stage.server.database, timeout=20)) as connection:
        connection.execute(rename.format(table, "gone"))
        yield
        connection.execute(rename.format("gone", table))


def test_an_error_arrives_with_its_traceback_and_the_id_of_its_request(stage: Stage) -> None:
    with broken(stage, "category"):
        answer = stage.client(21).get(
            "/category/unheard-of?token=never-told",
            X_Request_ID="forged-by-a-client",
            X_Forwarded_For="203.0.113.9",
        )
        assert answer.status == 500
        assert "no such table" not in answer.text
        letter = error_letter(stage, "no such table: category")
    assert stage.client(21).get("/category/unheard-of").status == 404
    assert letter["To"] == "operator@example.com"
    text = letter.get_content().replace("\r\n", "\n")
    assert "Traceback (most recent call last)" in text
    assert re.search(r"^Address: +127\.0\.0\.21$", text, re.MULTILINE)
    assert re.search(
        rf"^Request: +GET {re.escape(stage.url)}/category/unheard-of", text, re.MULTILINE
    )
    assert "never-told" not in text
    assert "forged-by-a-client" not in text
    request_id = re.search(r"^Request id: (\w{32})$", text, re.MULTILINE)
    assert request_id, text
    # The same name leads to it in the log of the app and in that of nginx.
    site = stage.server.site
    assert f"request={request_id[1]}" in (site.app_logs / "bluelog.log").read_text()
    wait_until(
        lambda: f"request={request_id[1]}" in (site.nginx_logs / "bluelog.access.log").read_text()
    )


def error_letter(stage: Stage, fault: str) -> EmailMessage:
    """The letter about a fault; other tests on the stage had faults of their own."""

    def found() -> list[EmailMessage]:
        errors = [m for m in stage.letters.messages if "Application Error" in m["Subject"]]
        return [letter for letter in errors if fault in letter["Subject"]]

    wait_until(found)
    return found()[-1]
