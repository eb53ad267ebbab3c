"""The table of messages on their way out."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import current_app

from bluelog.extensions import db
from bluelog.mail.links import host
from bluelog.models import MailStatus, OutgoingMail


def is_configured() -> bool:
    """Whether there is a mail server; without one nothing is queued."""
    return bool(current_app.config["MAIL_SERVER"])


def operators() -> tuple[str, ...]:
    """The addresses of who runs the blog's server."""
    addresses: tuple[str, ...] = current_app.config["BLUELOG_EMAIL"]
    return addresses


def queue(template: str, *, to: str, locale: str, at: datetime, **context: Any) -> OutgoingMail:
    """Queue a message within the unit of work that is open; the worker renders and sends it.

    `context` holds plain values, ids above all and never a link. The Message-ID is made here, so
    that a message sent twice can be known for one.
    """
    message = OutgoingMail(
        template=template,
        locale=locale,
        recipient=to,
        context=context,
        message_id=f"<{uuid4().hex}@{host()}>",
        status=MailStatus.QUEUED,
        due_at=at,
        created_at=at,
    )
    db.session.add(message)
    return message
