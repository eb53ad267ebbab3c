"""Sending queued mail: claim, render, send, mark as sent.

The claim is committed before anything is sent, so that a message is sent once even by two workers.
A worker killed before its message was accepted leaves a claim that lapses, and the message is sent
by the next; one killed after that, before it was marked, is sent again under its old Message-ID.
"""

import logging
import smtplib
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_mail import BadHeaderError
from sqlalchemy import ColumnElement, delete, select, union_all, update
from sqlalchemy.exc import InterfaceError, OperationalError

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.mail import is_configured, render, smtp
from bluelog.models import Comment, MailStatus, OutgoingMail
from bluelog.uow import unit_of_work

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 10
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
KEPT = timedelta(days=30)
_MARGIN = timedelta(seconds=30)
_LONGEST_ERROR = 2000
_LONGEST_PAUSE_SECONDS = 2.0
_OPEN = (MailStatus.QUEUED, MailStatus.SENDING)
_FINISHED = (MailStatus.SENT, MailStatus.FAILED)


def send_next(at: datetime) -> int:
    """Send the message that has waited longest; 0 when none is due."""
    began = time.monotonic()
    mail_id = _waiting_longest(at) if is_configured() else None
    attempt = _claim(mail_id, at) if mail_id else None
    if not mail_id or not attempt:
        return 0
    with ExitStack() as until_marked:
        try:
            _send(mail_id, attempt, until_marked)
        except NotFound:
            _discard(mail_id, attempt, at)
        except Exception as error:  # noqa: BLE001  (_put_off logs it; no claim may outlive it)
            _put_off(mail_id, attempt, error, at)
        else:
            _mark_sent(mail_id, at, began + lease().total_seconds())
    return 1


def lease() -> timedelta:
    """How long a claim holds: longer than any conversation with the server may take."""
    timeout = current_app.config["BLUELOG_MAIL_TIMEOUT"]
    return timedelta(seconds=timeout * smtp.CONVERSATION) + _MARGIN


def forget_old(at: datetime) -> int:
    """Delete messages that were sent or given up 30 days ago; how many there were."""
    is_old = OutgoingMail.due_at < at - KEPT
    old = delete(OutgoingMail).where(OutgoingMail.status.in_(_FINISHED), is_old)
    with unit_of_work():
        return len(db.session.scalars(old.returning(OutgoingMail.id)).all())


def _waiting_longest(at: datetime) -> int | None:
    """The first of each status is found by an index; of all together they would be sorted."""
    columns = (OutgoingMail.id, OutgoingMail.due_at)
    firsts = [
        select(*columns)
        .where(OutgoingMail.status == status, OutgoingMail.due_at <= at)
        .order_by(OutgoingMail.due_at)
        .limit(1)
        .subquery()
        for status in _OPEN
    ]
    found = union_all(*(select(first) for first in firsts)).subquery()
    mail_id: int | None = db.session.scalar(select(found.c.id).order_by(found.c.due_at).limit(1))
    return mail_id


def _is_due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Waiting and due, or claimed by a worker that was not heard of again."""
    return OutgoingMail.status.in_(_OPEN), OutgoingMail.due_at <= at


def _claim(mail_id: int, at: datetime) -> int | None:
    """Take the message if it is still due; the number of this attempt, or None."""
    row = update(OutgoingMail).where(OutgoingMail.id == mail_id, *_is_due(at))
    claimed = row.values(
        status=MailStatus.SENDING, attempts=OutgoingMail.attempts + 1, due_at=at + lease()
    )
    with unit_of_work():
        return db.session.scalar(claimed.returning(OutgoingMail.attempts))


def _send(mail_id: int, attempt: int, until_marked: ExitStack) -> None:
    if attempt > MOST_ATTEMPTS:
        raise RuntimeError("the worker ended each time it sent this message")
    message = render(db.session.get_one(OutgoingMail, mail_id))
    # No snapshot is kept open while a server is waited for.
    db.session.rollback()
    until_marked.enter_context(smtp.connection()).send(message)


def _discard(mail_id: int, attempt: int, at: datetime) -> None:
    """Forget a message about something that is gone, unless it came back in this moment."""
    with unit_of_work():
        message = db.session.get_one(OutgoingMail, mail_id)
        # Held until the end: an approval comes before this, or finds that nothing was mailed.
        reply = _reply_told_of(message)
        try:
            render(message)
        except NotFound:
            db.session.delete(message)
            # A later attempt may follow one that arrived and was never marked.
            if reply and attempt == 1:
                reply.reply_mailed = False
        else:
            message.status, message.due_at, message.attempts = MailStatus.QUEUED, at, attempt - 1


def _reply_told_of(message: OutgoingMail) -> Comment | None:
    if message.template != "new-reply":
        return None
    reply = select(Comment).where(Comment.id == message.context["comment_id"])
    return db.session.scalar(reply.with_for_update())


def _put_off(mail_id: int, attempt: int, error: Exception, at: datetime) -> None:
    """Try again later, longer each time, or give the message up."""
    is_over = attempt >= MOST_ATTEMPTS or _is_permanent(error)
    pause = BACKOFF[min(attempt, len(BACKOFF)) - 1]
    # What the server or the way to it did needs no traceback; a fault of ours does.
    trace = None if isinstance(error, OSError) else error
    log.warning("Mail %s: attempt %s failed: %s", mail_id, attempt, _words(error), exc_info=trace)
    _mark(
        mail_id,
        OutgoingMail.attempts == attempt,
        status=MailStatus.FAILED if is_over else MailStatus.QUEUED,
        due_at=at + pause,
        error=_words(error),
    )


def _mark_sent(mail_id: int, at: datetime, until: float) -> None:
    """Mark it as long as the claim holds: afterwards the next worker would send it once more."""
    pause = 0.1
    while True:
        try:
            return _mark(mail_id, status=MailStatus.SENT, sent_at=at, error="")
        except (OperationalError, InterfaceError):
            if time.monotonic() + pause >= until:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _mark(mail_id: int, *conditions: ColumnElement[bool], **values: Any) -> None:
    row = update(OutgoingMail).where(OutgoingMail.id == mail_id, *conditions)
    with unit_of_work():
        db.session.execute(row.values(**values))


def _is_permanent(error: Exception) -> bool:
    """Whether the same message would be refused tomorrow; wrong settings are mended meanwhile."""
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        code, _ = _answer(error)
        return 500 <= code < 600  # noqa: PLR2004  (RFC 5321, 4.2.1)
    return isinstance(error, BadHeaderError)


def _words(error: Exception) -> str:
    code, text = _answer(error)
    said = f"{code} {text}" if code else f"{type(error).__name__}: {error}"
    # A server may say anything, and PostgreSQL keeps no NUL.
    return said.replace("\0", "")[:_LONGEST_ERROR]


def _answer(error: Exception) -> tuple[int, str]:
    """What the server said; a code of 0 when it said nothing."""
    code: int = 0
    text: bytes | str = ""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    return code, text.decode(errors="replace") if isinstance(text, bytes) else text
