"""The way to the mail server: an end to waiting, encryption, an account."""

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask

from bluelog.jobs import run_due
from bluelog.mail import smtp
from bluelog.models import MailStatus
from tests.letters import queued, row
from tests.postbox import Postbox, send_to


class TestServerHangs:
    def test_waiting_ends_and_the_message_is_tried_again(
        self, posting: Flask, now: datetime
    ) -> None:
        posting.config["BLUELOG_MAIL_TIMEOUT"] = 0.3
        with closing(socket.create_server(("127.0.0.1", 0))) as silent:
            send_to(silent.getsockname()[1], posting)
            mail_id = queued(now)
            began = time.monotonic()
            run_due(now)
        assert time.monotonic() - began < 3
        assert row(mail_id).status == MailStatus.QUEUED
        assert "timed out" in row(mail_id).error

    def test_a_server_slow_at_every_step_does_not_outlast_the_claim(
        self, posting: Flask, postbox: Postbox, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        posting.config["BLUELOG_MAIL_TIMEOUT"] = 1.0
        monkeypatch.setattr(smtp, "CONVERSATION", 1)
        # Each answer is well in time; together they take longer than a conversation may.
        for verb in ("EHLO", "MAIL", "RCPT", "DATA"):
            postbox.meanwhile[verb] = lambda: time.sleep(0.4)
        mail_id = queued(now)
        run_due(now)
        assert row(mail_id).status == MailStatus.QUEUED


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1 in one file."""
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    command = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 2"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    key = file.with_suffix(".key")
    where = ["-keyout", str(key), "-out", str(file)]
    subprocess.run([*command.split(), *names, *where], check=True, capture_output=True)
    file.write_text(file.read_text() + key.read_text())
    return file


@pytest.mark.skipif(not which("openssl"), reason="openssl makes the certificate")
class TestServerIsEncrypted:
    @pytest.fixture
    def tls(self, certificate: Path) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        return context

    @pytest.fixture
    def trusted(self, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    @contextmanager
    def server(self, app: Flask, **manner: Any) -> Iterator[Postbox]:
        with Postbox(**manner) as box:
            send_to(box.port, app)
            yield box

    @pytest.mark.usefixtures("trusted")
    def test_from_the_first_byte(self, posting: Flask, tls: ssl.SSLContext, now: datetime) -> None:
        posting.extensions["mail"].use_ssl = True
        with self.server(posting, ssl_context=tls) as box:
            queued(now)
            run_due(now)
            assert len(box.messages) == 1

    @pytest.mark.usefixtures("trusted")
    def test_after_a_greeting_with_an_account(
        self, posting: Flask, tls: ssl.SSLContext, now: datetime
    ) -> None:
        sending = posting.extensions["mail"]
        sending.use_tls, sending.username, sending.password = True, "ada", "lamp oil"
        manner = {"require_starttls": True, "auth_required": True, "authenticator": _is_ada}
        with self.server(posting, tls_context=tls, **manner) as box:
            queued(now)
            run_due(now)
            assert len(box.messages) == 1

    @pytest.mark.usefixtures("trusted")
    def test_with_a_wrong_password_the_message_waits(
        self, posting: Flask, tls: ssl.SSLContext, now: datetime
    ) -> None:
        sending = posting.extensions["mail"]
        sending.use_tls, sending.username, sending.password = True, "ada", "whale oil"
        with self.server(posting, tls_context=tls, authenticator=_is_ada) as box:
            mail_id = queued(now)
            run_due(now)
            assert box.messages == []
        assert row(mail_id).status == MailStatus.QUEUED
        assert row(mail_id).error.startswith("535")

    @pytest.mark.parametrize("way", ["use_ssl", "use_tls"])
    def test_by_a_stranger_and_nothing_is_said_to_it(
        self, posting: Flask, tls: ssl.SSLContext, now: datetime, way: str
    ) -> None:
        setattr(posting.extensions["mail"], way, True)
        manner = {"ssl_context" if way == "use_ssl" else "tls_context": tls}
        with self.server(posting, **manner) as box:
            mail_id = queued(now)
            run_due(now)
            assert box.messages == []
        assert "CERTIFICATE_VERIFY_FAILED" in row(mail_id).error


def _is_ada(
    _server: object, _session: object, _envelope: object, _mechanism: str, account: LoginPassword
) -> AuthResult:
    is_she = (account.login, account.password) == (b"ada", b"lamp oil")
    return AuthResult(success=is_she, handled=False)
