"""Rows and events that mail follows from, and mail as its reader sees it."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select, update

from bluelog import mail
from bluelog.events import Event
from bluelog.extensions import db
from bluelog.models import Comment, OutgoingMail, Post, PostAuthor, PostStatus, User
from bluelog.uow import record, unit_of_work
from tests.conftest import NOW


def written_by(*authors: User, status: PostStatus = PostStatus.PUBLISHED, slug: str = "灯") -> Post:
    """A post, returned once with a note."""
    post = Post(
        language="en",
        status=status,
        title="Lamps & oil",
        slug=slug,
        published_at=NOW,
        created_at=NOW,
        updated_at=NOW,
        review_note="Shorter, please.",
    )
    rows = [PostAuthor(post=post, user=who, position=at) for at, who in enumerate(authors)]
    return saved(post, *rows)


def said(post: Post, **values: Any) -> Comment:
    """A comment of Grace's, a guest, unless `user` is given."""
    guest = {} if values.get("user") else {"name": "Grace", "email": "grace@example.com"}
    defaults = {"body": "A fine lamp.", "html": "", "created_at": NOW, "post": post}
    return saved(Comment(**defaults | guest | values))


def saved(row: Any, *others: Any) -> Any:
    with unit_of_work():
        db.session.add_all([row, *others])
    return row


def happened(event: Event) -> list[OutgoingMail]:
    """What is in the queue once the event was recorded."""
    with unit_of_work():
        record(event)
    return list(db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def recipients(queued: list[OutgoingMail]) -> list[str]:
    """To whom, without the host."""
    return [message.recipient.partition("@")[0] for message in queued]


def read(queued: OutgoingMail) -> EmailMessage:
    return message_from_bytes(mail.render(queued).as_bytes(), policy=policy.default)


def text_of(queued: OutgoingMail) -> str:
    return read(queued).get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(queued: OutgoingMail) -> str:
    return read(queued).get_body(("html",)).get_content()


def queued(at: datetime, to: str = "rita@example.com") -> int:
    """The id of a message that is in the queue, due at `at`."""
    with unit_of_work():
        message = mail.queue("test", to=to, locale="en", at=at)
    return message.id


def change(mail_id: int, **values: Any) -> None:
    """Change the message as no code of the app would."""
    with unit_of_work():
        db.session.execute(update(OutgoingMail).where(OutgoingMail.id == mail_id).values(**values))


def row(mail_id: int) -> OutgoingMail:
    """The message as it is stored now."""
    db.session.rollback()
    return db.session.get_one(OutgoingMail, mail_id)
