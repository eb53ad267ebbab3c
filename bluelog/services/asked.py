"""Links that someone asked for by an e-mail address: made later, where nobody can time the answer.

What the web process does is the same for every address; the worker sees whose it is.
"""

from datetime import datetime

from sqlalchemy import select

from bluelog.events import LinkAsked, LinkIssued
from bluelog.extensions import db
from bluelog.models import AccountStatus, MailStatus, OutgoingMail, TokenPurpose
from bluelog.queries.people import person_by_email
from bluelog.services import tokens
from bluelog.uow import record, unit_of_work

# By the message's template: what the link is for, and what its account must be.
_ANSWERS = {
    "password-reset": (TokenPurpose.RESET, AccountStatus.ACTIVE),
    "confirmation": (TokenPurpose.CONFIRMATION, AccountStatus.UNCONFIRMED),
}


def ask(email: str, purpose: TokenPurpose) -> None:
    """Have the worker mail a link to the account of that address. Emits LinkAsked."""
    with unit_of_work():
        record(LinkAsked(email, purpose))


def answer_next(at: datetime) -> int:
    """Issue the link that was asked for first, or drop the request; 0 when there is none.

    Emits LinkIssued, and so the mail goes to the account's own address, never to the one typed.
    """
    first = select(OutgoingMail).where(OutgoingMail.status == MailStatus.ASKED)
    first = first.order_by(OutgoingMail.due_at, OutgoingMail.id).limit(1)
    if db.session.scalar(first) is None:
        return 0
    with unit_of_work():
        request = db.session.scalar(first.with_for_update(skip_locked=True))
        if request is None:
            return 0
        _answer(request, at)
        db.session.delete(request)
    return 1


def _answer(request: OutgoingMail, at: datetime) -> None:
    purpose, status = _ANSWERS[request.template]
    user = person_by_email(request.recipient)
    if user is not None and user.status == status:
        record(LinkIssued(tokens.issue(user, purpose, at=at).id))
