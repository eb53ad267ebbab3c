"""Error mail arrives, says what happened, and never keeps a request waiting."""

import logging
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, request

from bluelog.settings.readers import PROJECT
from bluelog.web.logging.error_mail import ErrorMailHandler, MailServer
from tests.unit.forks import needs_fork
from tests.unit.smtp_cast import (
    Inbox,
    certificate,
    check_account,
    free_port,
    mail_server,
    production_app,
)

pytestmark = needs_fork

log = logging.getLogger("bluelog.test")


@pytest.fixture
def smtp() -> Iterator[tuple[Inbox, int]]:
    with mail_server() as running:
        yield running


def plain(port: int) -> dict[str, str]:
    return {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port)}


def encrypted(port: int, how: str) -> dict[str, str]:
    account = {"MAIL_USERNAME": "blog@example.com", "MAIL_PASSWORD": "open sesame"}
    return plain(port) | account | {how: "on"}


def add_failing_view(app: Flask) -> None:
    @app.post("/post/<slug>")
    def fail(slug: str) -> str:
        raise ZeroDivisionError(f"no {request.form['body'][:0]}{slug}")


def wait_until(is_true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_true()


def test_the_operators_read_what_happened_where_and_to_whom(
    tmp_path: Path, smtp: tuple[Inbox, int]
) -> None:
    inbox, port = smtp
    with production_app(tmp_path, **plain(port)) as app:
        add_failing_view(app)
        answer = app.test_client().post(
            "/post/灯笼?token=s3cr3t&page=2",
            data={"body": "dear diary"},
            headers={"X-Request-ID": "7f3a0b-request"},
            environ_base={"REMOTE_ADDR": "203.0.113.9"},
        )
        assert answer.status_code == 500
    (mail,) = inbox.mails
    assert inbox.recipients == ["ada@example.com", "eve@example.com"]
    assert mail["Subject"] == "[Bluelog] Application Error: ZeroDivisionError: no 灯笼"
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_content()
    for line in (
        "Level:      ERROR",
        "Logger:     bluelog",
        "Request:    POST https://blog.example.com/post/%E7%81%AF%E7%AC%BC?token=***&page=2",
        "User:       -",
        "Address:    203.0.113.9",
        "Request id: 7f3a0b-request",
        "Exception on /post/灯笼 [POST]",
        "Traceback (most recent call last):",
        "ZeroDivisionError: no 灯笼",
    ):
        assert line in body
    assert "dear diary" not in body
    assert "s3cr3t" not in body


def test_it_arrives_over_starttls_with_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"tls_context": certificate(tmp_path), "require_starttls": True}
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with (
        mail_server(**options, authenticator=check_account, auth_required=True) as (inbox, port),
        production_app(tmp_path, **encrypted(port, "MAIL_USE_TLS")),
    ):
        log.error("it broke")
        assert wait_until(lambda: len(inbox.mails) == 1)
    assert inbox.encrypted == [True]
    assert inbox.mails[0]["From"] == "Bluelog <blog@example.com>"


def test_it_arrives_over_implicit_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with (
        mail_server(ssl_context=context, authenticator=check_account, auth_require_tls=False) as (
            inbox,
            port,
        ),
        production_app(tmp_path, **encrypted(port, "MAIL_USE_SSL")),
    ):
        log.error("it broke")
        assert wait_until(lambda: len(inbox.mails) == 1)
    assert inbox.encrypted == [True]


@pytest.mark.parametrize("how", ["MAIL_USE_TLS", "MAIL_USE_SSL"])
def test_a_server_that_cannot_prove_who_it_is_gets_neither_mail_nor_password(
    tmp_path: Path, how: str
) -> None:
    context = certificate(tmp_path)
    kind = {"tls_context": context} if how == "MAIL_USE_TLS" else {"ssl_context": context}
    with mail_server(**kind) as (inbox, port):
        with production_app(tmp_path, **encrypted(port, how)):
            log.error("it broke")
        assert inbox.mails == []
    said = (tmp_path / "logs" / "bluelog.log").read_text("utf-8")
    assert "WARNING [bluelog.web.logging.courier" in said
    assert "CERTIFICATE_VERIFY_FAILED" in said
    assert "open sesame" not in said


def test_a_server_that_hangs_keeps_nobody_waiting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with production_app(tmp_path, BLUELOG_MAIL_TIMEOUT="0.5", **plain(port)) as app:
            add_failing_view(app)
            client = app.test_client()
            started = time.monotonic()
            codes = [client.post("/post/x", data={"body": ""}).status_code for _ in range(20)]
            assert time.monotonic() - started < 4
            assert codes == [500] * 20
        assert time.monotonic() - started < 8
    assert "Error mail could not be sent: " in (tmp_path / "logs" / "bluelog.log").read_text()


def test_a_server_that_is_down_disturbs_nothing(tmp_path: Path) -> None:
    with production_app(tmp_path, **plain(free_port())) as app:
        add_failing_view(app)
        assert app.test_client().post("/post/x", data={"body": ""}).status_code == 500


def test_fifty_equal_errors_give_two_mails_and_the_second_counts(
    tmp_path: Path, smtp: tuple[Inbox, int]
) -> None:
    inbox, port = smtp
    with production_app(tmp_path, **plain(port)) as app:
        add_failing_view(app)
        client = app.test_client()
        for number in range(50):
            client.post(f"/post/{number}", data={"body": ""})
    assert len(inbox.mails) == 2
    first, second = inbox.bodies()
    assert first.startswith("Equal errors are held back and counted from now on.")
    assert second.startswith("Equal errors held back since the last mail: 49;")
    assert "ZeroDivisionError: no 49" in second


def test_a_message_of_any_text_is_sent(smtp: tuple[Inbox, int]) -> None:
    inbox, port = smtp
    server = MailServer("127.0.0.1", port, "灯笼 <blog@example.com>", ("ada@example.com",))
    server.deliver("subject 灯", "body \ud83d".encode("utf-8", "backslashreplace").decode())
    assert inbox.mails[0]["From"] == "灯笼 <blog@example.com>"


SCRIPT = """
import logging, sys
from pathlib import Path
from bluelog.settings.readers import PROJECT
from bluelog.web.logging.error_mail import ErrorMailHandler, MailServer
from bluelog.web.logging.throttle import Throttle

server = MailServer("127.0.0.1", int(sys.argv[1]), "blog@example.com", ("ada@example.com",))
logging.getLogger().addHandler(ErrorMailHandler(server.deliver, Throttle(Path(sys.argv[2]))))
for _ in range(50):
    logging.error("it broke")
"""


def test_a_process_that_ends_sends_what_waits(tmp_path: Path, smtp: tuple[Inbox, int]) -> None:
    inbox, port = smtp
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(port), str(tmp_path / "state.json")],
        check=True,
        timeout=60,
        cwd=PROJECT,
    )
    first, second = inbox.bodies()
    assert "it broke" in first
    assert second.startswith("Equal errors held back since the last mail: 49;")


def test_nobody_is_written_to_without_a_mail_server(tmp_path: Path) -> None:
    with production_app(tmp_path):
        kinds = [type(handler) for handler in logging.getLogger().handlers]
    assert ErrorMailHandler not in kinds
