"""How the machinery is doing."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from bluelog.extensions import db
from bluelog.models import AuditEvent, Comment, Counter, MailStatus, OutgoingMail, Post
from bluelog.queries.counting import count

WORKER_MISSED_AFTER = 60
_WAITING = (MailStatus.QUEUED, MailStatus.SENDING)


class MailQueue(NamedTuple):
    """Messages that wait, when the oldest came, and those that were given up."""

    waiting: int
    oldest_at: datetime | None
    failed: int
    last_error: str


def worker_is_missing(now: datetime) -> bool:
    """Whether no worker was seen for a minute."""
    seen_at = worker_seen_at()
    return seen_at is None or (now - seen_at).total_seconds() > WORKER_MISSED_AFTER


def worker_seen_at() -> datetime | None:
    """When a worker was last alive, or None."""
    seen = db.session.scalar(select(Counter.value).where(Counter.name == "worker_seen"))
    return None if seen is None else datetime.fromtimestamp(seen, UTC)


def mail_queue() -> MailQueue:
    """How the messages on their way out are doing."""
    waiting = select(func.count(), func.min(OutgoingMail.created_at)).where(
        OutgoingMail.status.in_(_WAITING)
    )
    how_many, oldest_at = db.session.execute(waiting).one()
    failed = select(OutgoingMail.error).where(OutgoingMail.status == MailStatus.FAILED)
    last_error = db.session.scalar(failed.order_by(OutgoingMail.id.desc()).limit(1))
    return MailQueue(how_many, oldest_at, failed_mail_count(), last_error or "")


def newest_row_at() -> datetime | None:
    """When the last post, comment or act was written."""
    newest = (
        db.session.scalar(select(column).order_by(key.desc()).limit(1))
        for column, key in (
            (Post.created_at, Post.id),
            (Comment.created_at, Comment.id),
            (AuditEvent.at, AuditEvent.id),
        )
    )
    return max(filter(None, newest), default=None)


def failed_mail_count() -> int:
    """How many messages could not be sent."""
    return count(select(OutgoingMail.id).where(OutgoingMail.status == MailStatus.FAILED))
