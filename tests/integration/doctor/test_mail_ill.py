"""A mail server that refuses, hangs or speaks in the clear is told as that; a test arrives."""

import socket
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from flask import Flask

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.mail import queue
from bluelog.models import MailStatus
from bluelog.operations.doctor import TEST_MAIL, Finding, Level, examine
from bluelog.uow import unit_of_work
from tests.integration.doctor.steps import found_by, levels
from tests.postbox import Postbox, free_port, send_to
from tests.unit.smtp_cast import certificate, mail_server


def _nobody(*_arguments: object) -> AuthResult:
    return AuthResult(success=False, handled=False)


def sent() -> list[Finding]:
    return [entry.finding for entry in examine([TEST_MAIL])]


def test_no_server_is_no_fault(context: Flask) -> None:
    assert levels("mail-server") == [Level.FINE]
    assert [finding.level for finding in sent()] == [Level.FINE]


def test_a_server_that_answers_is_greeted_and_left(postbox: Postbox) -> None:
    assert levels("mail-server") == [Level.FINE]
    assert postbox.messages == []


def test_a_test_message_goes_to_every_operator_with_what_the_server_said(
    posting: Flask, postbox: Postbox
) -> None:
    posting.config["BLUELOG_EMAIL"] = ("ada@example.com", "eve@example.com")
    found = sent()
    assert [finding.level for finding in found] == [Level.FINE] * 2
    assert [str(finding.words).endswith("was taken: 250 OK") for finding in found] == [True, True]
    assert [m["To"] for m in postbox.messages] == ["ada@example.com", "eve@example.com"]
    assert postbox.messages[0]["Subject"] == "Test message from localhost"
    assert "reached ada@example.com" in postbox.messages[0].get_content()


def test_without_operators_there_is_nobody_to_write_to(postbox: Postbox) -> None:
    assert [finding.level for finding in sent()] == [Level.WARNING]
    assert postbox.messages == []


def test_a_test_message_that_is_refused_tells_the_words_of_the_server(
    posting: Flask, postbox: Postbox
) -> None:
    posting.config["BLUELOG_EMAIL"] = ("ada@example.com",)
    postbox.answers["DATA"] = "554 5.7.1 we know you"
    (found,) = sent()
    assert found.level is Level.FAILURE
    assert "5.7.1 we know you" in str(found.words)


def test_a_server_that_is_not_there_is_a_failure(posting: Flask) -> None:
    send_to(free_port(), posting)
    assert levels("mail-server") == [Level.FAILURE]


def test_a_server_that_says_nothing_is_left_in_time(posting: Flask) -> None:
    posting.config["BLUELOG_MAIL_TIMEOUT"] = 0.3
    with socket.create_server(("127.0.0.1", 0)) as mute:
        send_to(mute.getsockname()[1], posting)
        assert levels("mail-server") == [Level.FAILURE]


def test_a_wrong_password_is_a_failure_that_does_not_tell_it(posting: Flask) -> None:
    posting.config["MAIL_PASSWORD"] = "wrong barley"
    with mail_server(authenticator=_nobody, auth_require_tls=False) as (_inbox, port):
        send_to(port, posting)
        sending = posting.extensions["mail"]
        sending.username, sending.password = "blog@example.com", "wrong barley"
        (found,) = found_by("mail-server")
    assert found.level is Level.FAILURE
    assert "535" in str(found.words)
    assert "barley" not in str(found.words)


def test_a_certificate_that_nobody_signed_is_a_failure(posting: Flask, tmp_path: Path) -> None:
    with mail_server(tls_context=certificate(tmp_path)) as (_inbox, port):
        send_to(port, posting)
        posting.extensions["mail"].use_tls = True
        (found,) = found_by("mail-server")
    assert found.level is Level.FAILURE
    assert "MAIL_USE_TLS" in str(found.advice)


@pytest.mark.parametrize(
    ("status", "levels_wanted"), [("sent", [Level.FINE]), ("failed", [Level.WARNING])]
)
def test_a_message_given_up_is_told_with_the_last_words_of_the_server(
    posting: Flask, status: str, levels_wanted: list[Level]
) -> None:
    with unit_of_work():
        message = queue("test", to="ada@example.com", locale="en", at=now())
        db.session.flush()
        message.status, message.error = MailStatus(status), "550 no such user"
    found = found_by("mail-queue")
    assert [finding.level for finding in found] == levels_wanted
    assert ("550 no such user" in str(found[0].advice)) == (status == "failed")
