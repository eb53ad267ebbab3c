"""How the machinery is doing."""

from datetime import datetime

from sqlalchemy import func, select

from bluelog.extensions import db
from bluelog.models import Counter, MailStatus, OutgoingMail

WORKER_MISSED_AFTER = 60


def worker_is_missing(now: datetime) -> bool:
    """Whether no worker was seen for a minute."""
    seen = db.session.scalar(select(Counter.value).where(Counter.name == "worker_seen"))
    return seen is None or now.timestamp() - seen > WORKER_MISSED_AFTER


def failed_mail_count() -> int:
    """How many messages could not be sent."""
    query = select(func.count()).select_from(OutgoingMail)
    return db.session.scalar(query.where(OutgoingMail.status == MailStatus.FAILED)) or 0
