"""Mail that follows from an event, queued in the transaction of its cause."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import joinedload

from bluelog import clock, mail
from bluelog.events import (
    BackupFailed,
    CommentApproved,
    CommentSubmitted,
    Event,
    LinkAsked,
    LinkIssued,
    PostReturned,
    PostSubmitted,
)
from bluelog.extensions import db, wake
from bluelog.models import (
    PUBLIC_STATUSES,
    AccountStatus,
    Comment,
    CommentStatus,
    MailOptOut,
    MailStatus,
    PostAuthor,
    Role,
    Token,
    TokenPurpose,
    User,
)
from bluelog.queries import frame
from bluelog.text.keys import email_key
from bluelog.uow import on

Reaction = Callable[[Any], None]

_PUBLISHERS = (Role.AUTHOR, Role.EDITOR, Role.ADMINISTRATOR)
_EDITORS = (Role.EDITOR, Role.ADMINISTRATOR)
_TEMPLATES = {
    TokenPurpose.INVITATION: "invitation",
    TokenPurpose.RESET: "password-reset",
    TokenPurpose.CONFIRMATION: "confirmation",
    TokenPurpose.EMAIL_CHANGE: "email-change",
}


def register() -> None:
    """Hang every function of this module on its event, and the worker's bell beside it."""
    reactions: dict[type[Event], Reaction] = {
        CommentSubmitted: announce_comment,
        CommentApproved: announce_reply,
        LinkAsked: keep_request,
        LinkIssued: send_link,
        PostSubmitted: announce_submission,
        PostReturned: return_to_authors,
        BackupFailed: raise_alarm,
    }
    for event, reaction in reactions.items():
        on(event, reaction)
        on(event, ring, after=True)


def _with_mail(reaction: Reaction) -> Reaction:
    """Leave the reaction out where there is no mail server."""

    @wraps(reaction)
    def guarded(event: Event) -> None:
        if mail.is_configured():
            reaction(event)

    return guarded


@_with_mail
def ring(_event: Event) -> None:
    """Have the worker look for the mail that was just queued."""
    wake()


@_with_mail
def announce_comment(event: CommentSubmitted) -> None:
    """Tell those who moderate the comment; of one that shows at once, the post's authors alone."""
    comment = db.session.get_one(Comment, event.comment_id)
    if comment.status not in (CommentStatus.PENDING, CommentStatus.APPROVED):
        return
    is_told: ColumnElement[bool] = User.role.in_(_PUBLISHERS) & _is_author_of(comment.post_id)
    if not comment.is_approved:
        is_told = or_(is_told, User.role.in_(_EDITORS))
    # Left out by account and never by address: anyone may type an editor's address into the form.
    told = (is_told, User.id != comment.user_id)
    addresses = _write_to(*told, template="new-comment", comment_id=comment.id)
    if not (comment.is_approved or _an_administrator_is_reached()):
        _write_to_operators(addresses, template="new-comment", comment_id=comment.id)


@_with_mail
def announce_reply(event: CommentApproved) -> None:
    """Tell the person replied to, once, however often the reply is approved."""
    reply = _reply(event.comment_id)
    if reply is None or reply.parent is None or reply.reply_mailed:
        return
    address, locale = _reach(reply.parent)
    if address and _is_wanted(reply, reply.parent, address):
        _queue("new-reply", address, locale, comment_id=reply.id)
        reply.reply_mailed = True


def keep_request(event: LinkAsked) -> None:
    """Leave the request to the worker, who looks for the account."""
    template = _TEMPLATES[TokenPurpose(event.purpose)]
    message = mail.queue(template, to=event.email, locale="en", at=clock.now())
    message.status = MailStatus.ASKED


@_with_mail
def send_link(event: LinkIssued) -> None:
    """Mail the link of a token to the address it is for, else to its account's."""
    query = select(Token).where(Token.id == event.token_id).options(joinedload(Token.user))
    token = db.session.scalars(query).one()
    if address := token.email or token.user.email:
        template = _TEMPLATES[TokenPurpose(token.purpose)]
        _queue(template, address, token.user.locale, token_id=token.id)


@_with_mail
def announce_submission(event: PostSubmitted) -> None:
    """Tell editors and administrators that a post waits for them."""
    others = ~_is_author_of(event.post_id)
    _write_to(User.role.in_(_EDITORS), others, template="post-submitted", post_id=event.post_id)


@_with_mail
def return_to_authors(event: PostReturned) -> None:
    """Tell a post's authors that it is theirs again; the post holds the note."""
    authors = (_is_author_of(event.post_id), User.id != event.by_id)
    _write_to(*authors, template="post-returned", post_id=event.post_id, by_id=event.by_id)


@_with_mail
def raise_alarm(event: BackupFailed) -> None:
    """Tell the operators and every administrator, each address once, that a backup went wrong."""
    about = {"made_at": event.at.isoformat(), "error": event.error}
    told = _write_to(User.role == Role.ADMINISTRATOR, template="backup-failed", **about)
    _write_to_operators(told, template="backup-failed", **about)


def _reply(comment_id: int) -> Comment | None:
    people = joinedload(Comment.parent).joinedload(Comment.user)
    query = select(Comment).where(Comment.id == comment_id)
    query = query.options(joinedload(Comment.post), joinedload(Comment.user), people)
    # The session may hold the comment already, without those it belongs to.
    return db.session.scalar(query.execution_options(populate_existing=True))


def _reach(comment: Comment) -> tuple[str | None, str | None]:
    """Address and language of who wrote the comment."""
    if comment.user is None:
        return comment.email, comment.locale
    return (comment.user.email, comment.user.locale) if comment.user.is_active else (None, None)


def _is_wanted(reply: Comment, parent: Comment, address: str) -> bool:
    """Whether a reply that all can read is news to the person at `address`, who wants to hear."""
    is_read = reply.is_approved and parent.is_approved and reply.post.status in PUBLIC_STATUSES
    key = email_key(address)
    author = reply.user.email if reply.user else reply.email
    is_own = reply.user_id is not None and reply.user_id == parent.user_id
    is_own = is_own or email_key(author or "") == key
    return is_read and not is_own and db.session.get(MailOptOut, key) is None


def _is_author_of(post_id: int) -> ColumnElement[bool]:
    return exists().where(PostAuthor.post_id == post_id, PostAuthor.user_id == User.id)


def _write_to(*whom: ColumnElement[bool], template: str, **context: int | str) -> set[str]:
    """Queue one message for each live account with an address that meets every condition.

    Gives the keys of the addresses that are written to.
    """
    people = db.session.scalars(select(User).where(*_is_reached(), *whom).order_by(User.id)).all()
    for person in people:
        _queue(template, person.email or "", person.locale, **context)
    return {email_key(person.email or "") for person in people}


def _write_to_operators(told: set[str], *, template: str, **context: int | str) -> None:
    """Queue one message for each operator's address that was not written to, for the site."""
    addresses = {email_key(address): address for address in reversed(mail.operators())}
    for key in sorted(addresses.keys() - told):
        _queue(template, addresses[key], None, **context)


def _an_administrator_is_reached() -> bool:
    administrators = exists().where(*_is_reached(), User.role == Role.ADMINISTRATOR)
    return bool(db.session.scalar(select(administrators)))


def _is_reached() -> tuple[ColumnElement[bool], ...]:
    return User.status == AccountStatus.ACTIVE, User.email.is_not(None)


def _queue(template: str, address: str, locale: str | None, **context: int | str) -> None:
    site = frame.site()
    language = locale or (site.language if site else "en")
    mail.queue(template, to=address, locale=language, at=clock.now(), **context)
