"""Messages: queued with their cause, rendered when they are sent, and the links they carry."""

from bluelog.mail.links import (
    email_in,
    is_for,
    is_preview,
    link_for,
    preview_address,
    preview_id_in,
    token_id_in,
    unsubscribe_link,
)
from bluelog.mail.outbox import is_configured, operators, queue
from bluelog.mail.rendering import render

__all__ = [
    "email_in",
    "is_configured",
    "is_for",
    "is_preview",
    "link_for",
    "operators",
    "preview_address",
    "preview_id_in",
    "queue",
    "render",
    "token_id_in",
    "unsubscribe_link",
]
