"""Addresses that want no mail about replies."""

from datetime import datetime

from sqlalchemy import delete

from bluelog.extensions import db
from bluelog.models import MailOptOut
from bluelog.services import upserts
from bluelog.text.keys import email_key
from bluelog.uow import unit_of_work


def unsubscribe(email: str, *, at: datetime) -> None:
    """Send no more mail about replies there; asking twice changes nothing."""
    row = upserts.insert(MailOptOut).values(email_key=email_key(email), created_at=at)
    with unit_of_work():
        db.session.execute(row.on_conflict_do_nothing())


def resubscribe(email: str) -> None:
    """Send mail about replies there again."""
    with unit_of_work():
        db.session.execute(delete(MailOptOut).where(MailOptOut.email_key == email_key(email)))
