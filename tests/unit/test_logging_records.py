"""What a record says about its request, and what it never says."""

import logging
import sys
import uuid

import pytest
from flask import Flask, g
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from bluelog.mail.links import SIGNED_PATHS
from bluelog.web.logging.records import LineFormatter, RequestFilter, mask, request_id


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


def record(message: str = "something happened", **more: object) -> logging.LogRecord:
    """A record as a handler gets it, past the filter."""
    made = logging.makeLogRecord({"name": "bluelog.x", "levelname": "ERROR", "msg": message} | more)
    assert RequestFilter().filter(made)
    return made


def about(made: logging.LogRecord) -> dict[str, object]:
    return {name: vars(made)[name] for name in ("url", "method", "user_id", "address")}


def test_a_record_of_a_request_names_it(app: Flask) -> None:
    with app.test_request_context(
        "/post/灯?page=2",
        method="POST",
        base_url="https://blog.example.com",
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    ):
        assert about(record()) == {
            "url": "https://blog.example.com/post/%E7%81%AF?page=2",
            "method": "POST",
            "user_id": "-",
            "address": "203.0.113.9",
        }


def test_a_record_outside_a_request_is_taken_as_well(app: Flask) -> None:
    assert set(about(record()).values()) == {"-"}
    with app.app_context():
        assert record().request_id == "-"


def test_who_is_signed_in_is_named_without_asking_the_database(app: Flask) -> None:
    account = Account()
    set_committed_value(account, "id", 7)
    account._sa_instance_state.key = (Account, (7,), None)
    account._sa_instance_state._expire(vars(account), set())
    with app.test_request_context("/"):
        g._login_user = account
        assert record().user_id == "7"


def test_a_host_that_is_not_trusted_can_still_be_logged(app: Flask) -> None:
    app.config["TRUSTED_HOSTS"] = ["blog.example.com"]
    with app.test_request_context("/", base_url="http://evil.example"):
        assert record().url == "http://evil.example/"


@pytest.mark.parametrize(
    "path",
    [
        "/auth/reset/s3cr3t.x-Y_z",
        "/auth/invitation/s3cr3t",
        "/auth/confirm/s3cr3t?next=/",
        "/auth/email/s3cr3t",
        "/unsubscribe/s3cr3t",
        "/unsubscribe/a/s3cr3t",
        "/setup?token=s3cr3t",
        "/setup?a=1&TOKEN=s3cr3t&b=2",
        "/x?to%6ben=s3cr3t",
        "/x?my+token=s3cr3t",
        "/x?key=s3cr3t",
        "/x?api_key=s3cr3t",
        "/x?new-password=s3cr3t",
        "/x?client_secret=s3cr3t",
    ],
)
def test_what_a_link_proves_is_masked(app: Flask, path: str) -> None:
    with app.test_request_context(path):
        shown = record().url
    assert "s3cr3t" not in shown
    assert "***" in shown


@pytest.mark.parametrize("path", SIGNED_PATHS)
def test_every_address_with_a_signed_part_is_masked(path: str) -> None:
    assert mask(f"https://x.example{path}/s3cr3t?a=1") == f"https://x.example{path}/***?a=1"


def test_the_rest_of_an_address_is_kept(app: Flask) -> None:
    with app.test_request_context("/search?q=monkeys&keyword=a&token=&lang=zh-Hans"):
        assert record().url.endswith("/search?q=monkeys&keyword=a&token=&lang=zh-Hans")
    assert mask("/auth/reset") == "/auth/reset"
    assert mask("/auth/sign-in?next=/admin") == "/auth/sign-in?next=/admin"


def test_a_line_masks_what_stands_in_the_message_and_the_traceback() -> None:
    asked = {}
    try:
        asked["GET https://x.example/auth/reset/s3cr3t?a=1&token=s3cr3t failed"]
    except LookupError:
        made = record("Exception on /auth/reset/s3cr3t [GET]", exc_info=sys.exc_info())
    line = LineFormatter().format(made)
    assert "s3cr3t" not in line
    assert "Exception on /auth/reset/*** [GET]" in line
    assert "KeyError" in line


def test_no_message_can_forge_a_line_or_steer_a_terminal() -> None:
    forged = "x\n2026-01-01T00:00:00.000+00:00 INFO [bluelog 1] all is well\r\x1b[2J\u2028y\x85z"
    lines = LineFormatter().format(record(forged)).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("    2026-01-01")
    assert lines[1].endswith("all is well\\r\\x1b[2J\\u2028y\\x85z")


def test_a_path_with_a_line_feed_stays_on_its_line(app: Flask) -> None:
    with app.test_request_context("/a%0Ab?c=%0Ad"):
        assert "\n" not in LineFormatter().format(record())


def test_a_line_says_when_in_utc_and_for_which_request(app: Flask) -> None:
    with app.test_request_context("/x", headers={"X-Request-ID": "abcdef-123"}):
        line = LineFormatter().format(record(created=1_767_225_600.5, process=42))
    assert line == (
        "2026-01-01T00:00:00.500+00:00 ERROR [bluelog.x 42] something happened"
        " | GET http://localhost/x user=- address=- request=abcdef-123"
    )
    assert LineFormatter().format(record()).endswith("something happened")


def test_an_id_that_looks_sane_is_taken_from_the_proxy(app: Flask) -> None:
    with app.test_request_context("/", headers={"X-Request-ID": "7f3a.B_c-9"}):
        assert request_id() == "7f3a.B_c-9"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space", "<script>abc", "naïve-id"])
def test_any_other_id_is_replaced(app: Flask, given: str) -> None:
    with app.test_request_context("/", headers={"X-Request-ID": given}):
        made = request_id()
        assert uuid.UUID(hex=made).version == 4
        assert request_id() == made
