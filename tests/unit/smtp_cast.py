"""A real mail server on loopback, and a production app that logs to it."""

import logging
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from flask import Flask

from bluelog.settings import ProductionConfig
from bluelog.web import logging as bluelog_logging

ACCOUNT = LoginPassword(b"blog@example.com", b"open sesame")


class Inbox:
    """What arrived, and whether it came encrypted."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.encrypted: list[bool] = []

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"

    def bodies(self) -> list[str]:
        return [mail.get_content() for mail in self.mails]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server(**options: object) -> Iterator[tuple[Inbox, int]]:
    inbox, port = Inbox(), free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    server.start()
    try:
        yield inbox, port
    finally:
        server.stop()


def check_account(*arguments: object) -> AuthResult:
    return AuthResult(success=arguments[-1] == ACCOUNT)


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that nobody signed; `certificate.pem` in `folder`."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: sudo apt-get install openssl")
    key, made = folder / "key.pem", folder / "certificate.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        ["openssl", "req", *kind, *names, "-days", "2", "-keyout", key, "-out", made],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


@contextmanager
def production_app(folder: Path, **changes: str) -> Iterator[Flask]:
    """A small app with the logging of production; at the end what waits to be sent is sent."""
    settings = {
        "FLASK_CONFIG": "production",
        "SECRET_KEY": "4d1f0cb2a9e84c6f9b0e7a5d3c2f1e0b",
        "BLUELOG_URL": "https://blog.example.com",
        "BLUELOG_PROXY_COUNT": "1",
        "BLUELOG_DATA_DIR": str(folder / "data"),
        "BLUELOG_LOGGING_PATH": str(folder / "logs" / "bluelog.log"),
        "BLUELOG_EMAIL": "ada@example.com, eve@example.com",
        "BLUELOG_MAIL_TIMEOUT": "5",
    }
    app = Flask("bluelog")
    app.config.from_object(ProductionConfig(settings | changes))
    level = logging.getLogger().level
    bluelog_logging.init_app(app)
    try:
        yield app
    finally:
        bluelog_logging._remove_installed()
        logging.getLogger().setLevel(level)
