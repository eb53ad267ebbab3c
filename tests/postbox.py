"""A real mail server on loopback that keeps what it takes, and can be told to misbehave."""

import socket
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

PATIENCE_SECONDS = 20.0


class Postbox:
    """`with Postbox() as postbox:` listens on `postbox.port`; `postbox.messages` is what came.

    `answers` maps an SMTP verb to what is answered instead of 250; `meanwhile` maps one to what is
    called before the answer, a message being in the box before DATA is answered.
    """

    def __init__(self, port: int | None = None, **server: Any) -> None:
        self.messages: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.meanwhile: dict[str, Callable[[], object]] = {}
        self.port = port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **server)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._controller.stop(no_assert=True)

    async def handle_EHLO(  # noqa: N802  (a name of aiosmtpd)
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, offered: list[str]
    ) -> list[str]:
        session.host_name = name
        self._answer("EHLO")
        return offered

    async def handle_MAIL(  # noqa: N802  (a name of aiosmtpd)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        return self._answer("MAIL")

    async def handle_RCPT(  # noqa: N802  (a name of aiosmtpd)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = self._answer("RCPT")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802  (a name of aiosmtpd)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if "DATA" not in self.answers:
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return self._answer("DATA")

    async def handle_QUIT(  # noqa: N802  (a name of aiosmtpd)
        self, _server: SMTP, _session: Session, _envelope: Envelope
    ) -> str:
        return self._answer("QUIT", "221 Bye")

    def _answer(self, verb: str, usual: str = "250 OK") -> str:
        self.meanwhile.get(verb, lambda: None)()
        return self.answers.get(verb, usual)

    def wait_for(self, count: int) -> list[EmailMessage]:
        """The messages, once there are `count` of them."""
        wait_until(lambda: len(self.messages) >= count)
        return self.messages


def send_to(port: int, app: Flask) -> None:
    """Have the app send its mail to a port of loopback; the tests' configuration sends none."""
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
    sending = app.extensions["mail"]
    sending.server, sending.port, sending.suppress = "127.0.0.1", port, False


def wait_until(is_so: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Look every few milliseconds. Raises AssertionError when it does not come true."""
    ends_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends_at, "it did not come true in time"
        time.sleep(0.02)


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
