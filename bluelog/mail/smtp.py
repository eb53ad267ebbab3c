"""The way to the mail server: Flask-Mail's, with an end to waiting and certificates looked at."""

import smtplib
import ssl
import time
from contextlib import suppress
from typing import Any

import flask_mail
from flask import current_app

from bluelog.mail.links import host

CONVERSATION = 3  # time-outs that a whole conversation may take


class _Hurried(smtplib.SMTP):
    """Bounds the conversation as a whole: a server may be slow to answer at every single step."""

    def __init__(self, server: str, port: int, *, timeout: float, **manner: Any) -> None:
        self.ends_at = time.monotonic() + timeout * CONVERSATION
        self.taken = ""
        super().__init__(server, port, timeout=timeout, **manner)

    def getreply(self) -> tuple[int, bytes]:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            self.close()
            raise smtplib.SMTPServerDisconnected("the mail server took too long")
        if self.sock:
            self.sock.settimeout(min(self.timeout, left))
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Keep what the server says of the message, which `sendmail` tells nobody."""
        code, said = super().data(msg)
        self.taken = f"{code} {said.decode(errors='replace')}"
        return code, said


class _HurriedSSL(_Hurried, smtplib.SMTP_SSL):
    """The same, encrypted from its first byte."""


class Connection(flask_mail.Connection):
    """One conversation with the server."""

    @property
    def answer(self) -> str:
        """What the server said when it took the last message."""
        return getattr(self.host, "taken", "")

    def __exit__(self, *_exception: object) -> None:
        """Take leave; whatever goes wrong now, the server has answered for the message."""
        if self.host is not None:
            with suppress(OSError):
                self.host.quit()
            self.host.close()

    def configure_host(self) -> smtplib.SMTP:
        server = self._open()
        try:
            if self.mail.use_tls:
                server.starttls(context=ssl.create_default_context())
            if self.mail.username and self.mail.password:
                server.login(self.mail.username, self.mail.password)
        except BaseException:
            server.close()
            raise
        return server

    def _open(self) -> smtplib.SMTP:
        place = (self.mail.server, self.mail.port)
        manner: dict[str, Any] = {
            "local_hostname": host(),
            "timeout": current_app.config["BLUELOG_MAIL_TIMEOUT"],
        }
        if self.mail.use_ssl:
            return _HurriedSSL(*place, context=ssl.create_default_context(), **manner)
        return _Hurried(*place, **manner)


def connection() -> Connection:
    """A conversation to be opened with `with`. Raises OSError, of which SMTPException is one."""
    return Connection(current_app.extensions["mail"])
