"""Readers who make an account of their own, where the site lets them."""

from datetime import datetime

from sqlalchemy import select

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.events import Act, LinkIssued
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import AccountStatus, Role, TokenPurpose, User
from bluelog.passwords import hash_password
from bluelog.queries.frame import site
from bluelog.services import asked, identities, limits, sessions, tokens
from bluelog.services.locks import lock_site
from bluelog.text.keys import email_key
from bluelog.uow import record, unit_of_work


def register(
    *,
    username: str,
    email: str,
    password: str,
    locale: str | None,
    submission_id: str | None,
    mail_works: bool,
    address: str,
    at: datetime,
) -> None:
    """Make an account that waits for confirmation: by its owner by mail, else by an administrator.

    The answer does not tell whether the e-mail address has an account; `address` is the client's.
    Emits LinkIssued where mail works. Raises NotAllowed, LimitReached, RuleBroken.
    """
    _check_open()
    limits.spend(limits.REGISTER, address, at=at)
    user = User(role=Role.READER, status=AccountStatus.UNCONFIRMED, locale=locale, created_at=at)
    if not _is_known(submission_id):
        identities.check_credentials(user, username, password, email)
    user.password_hash, user.submission_id = hash_password(password), submission_id
    with unit_of_work():
        lock_site()
        _check_open()
        if _is_known(submission_id):
            return
        identities.give_username(user, username)
        # The username is used up even if the address is not free: else trying the username once
        # more would tell.
        if identities.is_free(email, user):
            identities.give_email(user, email)
        db.session.add(user)
        if mail_works:
            _send_link(user, at)


def confirm(token_id: int, *, at: datetime) -> User:
    """Open the account whose owner received the link. Raises NotFound, NotAllowed."""
    with unit_of_work():
        _check_open()
        user = tokens.redeem(token_id, TokenPurpose.CONFIRMATION, at=at).user
        if user.status != AccountStatus.UNCONFIRMED:
            raise NotFound
        _open(user, by=user, at=at)
    return user


def confirm_by_hand(user_id: int, *, by: User, at: datetime) -> User:
    """Open an account in its owner's stead; one that is open already stays so."""
    with unit_of_work():
        lock_site()
        identities.check_administrator(by)
        user = identities.locked_user(user_id)
        if user.status == AccountStatus.UNCONFIRMED:
            tokens.void(user, TokenPurpose.CONFIRMATION, at=at)
            _open(user, by=by, at=at)
        elif user.status != AccountStatus.ACTIVE:
            raise RuleBroken(None, _l("This account does not wait for confirmation."))
    return user


def resend(email: str, *, address: str, at: datetime) -> None:
    """Mail the link once more, if an account of that address waits for it; no answer tells.

    Emits LinkAsked. Raises NotAllowed, LimitReached.
    """
    _check_open()
    limits.spend(limits.RESET, address, at=at)
    limits.spend(limits.RESET_ACCOUNT, "confirmation", email_key(email), at=at)
    asked.ask(email, TokenPurpose.CONFIRMATION)


def _check_open() -> None:
    settings = site()
    if settings is None or not settings.registration_open:
        raise NotAllowed


def _is_known(submission_id: str | None) -> bool:
    same = select(User.id).where(User.submission_id == submission_id)
    return bool(submission_id) and db.session.scalar(same) is not None


def _open(user: User, *, by: User, at: datetime) -> None:
    record(Act("user.confirmed", by.id, at, "user", user.id, {str(user.id): user.status}))
    user.status = AccountStatus.ACTIVE
    sessions.end_all(user)


def _send_link(user: User, at: datetime) -> None:
    if user.email:
        record(LinkIssued(tokens.issue(user, TokenPurpose.CONFIRMATION, at=at).id))
