"""Errors by mail to the operators, without a request ever waiting for the mail server."""

import hashlib
import logging
import os
import smtplib
import socket
import ssl
import traceback
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from logging.handlers import QueueHandler
from queue import Queue
from typing import Any

from bluelog.web.logging.courier import Courier, Deliver, Report
from bluelog.web.logging.records import mask, printable, utc
from bluelog.web.logging.throttle import Throttle

CAPACITY = 500
FAREWELL_SECONDS = 10.0
_LONGEST_SUMMARY = 120
_LONGEST_BODY = 100_000

_BODY = """\
Time:       {time}
Level:      {levelname}
Logger:     {name}
Process:    {process} on {host}
Request:    {method} {url}
User:       {user_id}
Address:    {address}
Request id: {request_id}

{text}
"""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where error mail goes. The standard SMTPHandler knows no implicit TLS and hides failures."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    username: str | None = None
    password: str | None = None
    use_tls: bool = False
    use_ssl: bool = False
    timeout_seconds: float = 10.0

    def deliver(self, subject: str, body: str) -> None:
        """Raises OSError, of which smtplib's errors are a kind."""
        with self._connect() as connection:
            if self.use_tls:
                connection.starttls(context=ssl.create_default_context())
            if self.username:
                connection.login(self.username, self.password or "")
            connection.send_message(self._message(subject, body))

    def _connect(self) -> smtplib.SMTP:
        if self.use_ssl:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout_seconds, context=context
            )
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)

    def _message(self, subject: str, body: str) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = subject
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=parseaddr(self.sender)[1].rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        return message


class ErrorMailHandler(QueueHandler):
    """Writes the report where the error happens and leaves the sending to a thread.

    The thread starts with the first error of a process: one from before a fork would be dead.
    """

    def __init__(self, deliver: Deliver, throttle: Throttle, capacity: int = CAPACITY) -> None:
        super().__init__(Queue())  # the base class wants one; the courier has its own
        self.setLevel(logging.ERROR)
        self._deliver = deliver
        self._throttle = throttle
        self._capacity = capacity
        self._courier: Courier | None = None

    def prepare(self, record: logging.LogRecord) -> Report:
        return Report(_key(record), _subject(record), _body(record))

    def enqueue(self, record: Any) -> None:
        """Called with the handler's lock held, so that one courier is made, and no more."""
        if not self._has_courier():
            self._courier = Courier(self._capacity, self._throttle, self._deliver)
            self._courier.start()
        if self._courier:
            self._courier.submit(record)

    def close(self) -> None:
        """Send what waits; the interpreter calls this at its end."""
        if self._courier and self._has_courier():
            self._courier.stop(FAREWELL_SECONDS)
        super().close()

    def _has_courier(self) -> bool:
        courier = self._courier
        return courier is not None and courier.pid == os.getpid() and courier.is_alive()


def _key(record: logging.LogRecord) -> str:
    """Equal errors: the same logger, place and kind of exception. The place is where it was raised,
    for every uncaught one is logged from the same line.
    """
    kind, raised = record.exc_info[:2] if record.exc_info else (None, None)
    frames = traceback.extract_tb(raised.__traceback__) if raised else []
    file, line = (
        (frames[-1].filename, frames[-1].lineno) if frames else (record.pathname, record.lineno)
    )
    parts = (record.name, file, line, kind.__qualname__ if kind else "")
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _subject(record: logging.LogRecord) -> str:
    """One line, whatever the message holds."""
    raised = record.exc_info[1] if record.exc_info else None
    what = f"{type(raised).__name__}: {raised}" if raised else record.getMessage()
    summary = " ".join(printable(mask(what)).split())
    return f"[Bluelog] Application Error: {summary[:_LONGEST_SUMMARY]}"


def _body(record: logging.LogRecord) -> str:
    about = dict.fromkeys(("url", "method", "user_id", "address", "request_id"), "-")
    about |= vars(record)
    text = logging.Formatter("%(message)s").format(record)[:_LONGEST_BODY]
    body = _BODY.format(
        **about | {"time": utc(record.created), "host": socket.gethostname(), "text": text}
    )
    return printable(mask(body)).encode("utf-8", "backslashreplace").decode()
