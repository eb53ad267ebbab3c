"""Asking people in."""

from datetime import datetime

from sqlalchemy import select

from bluelog.errors import NotFound, RuleBroken
from bluelog.events import Act, LinkIssued
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import AccountStatus, Token, TokenPurpose, User
from bluelog.passwords import hash_password
from bluelog.queries.people import latest_token, usable_token
from bluelog.services import identities, sessions, tokens
from bluelog.services.locks import lock_site
from bluelog.uow import record, unit_of_work


def invite(
    email: str | None,
    *,
    name: str,
    role: str,
    submission_id: str | None,
    by: User,
    at: datetime,
) -> Token:
    """Make an account that waits for its owner, and the token of the link that hands it over.

    The same submission again answers with the token it made. Emits LinkIssued if there is an
    address. Raises NotAllowed, RuleBroken.
    """
    invited = User(name=name, role=identities.known_role(role), status=AccountStatus.INVITED)
    invited.created_at, invited.submission_id = at, submission_id
    with unit_of_work():
        lock_site()
        identities.check_administrator(by)
        if known := _submitted(submission_id):
            return known
        identities.give_email(invited, email)
        db.session.add(invited)
        db.session.flush()  # The trail names the new row.
        record(Act("user.invited", by.id, at, "user", invited.id))
        return _issued(invited, at)


def renew(user_id: int, *, by: User, at: datetime) -> Token:
    """Make a new link in place of the former ones. Emits LinkIssued if there is an address."""
    with unit_of_work():
        lock_site()
        identities.check_administrator(by)
        user = identities.locked_user(user_id)
        if user.status != AccountStatus.INVITED:
            raise RuleBroken(None, _l("This person has joined already."))
        tokens.void(user, TokenPurpose.INVITATION, at=at)
        record(Act("user.invitation-renewed", by.id, at, "user", user.id))
        return _issued(user, at)


def accept(
    token_id: int,
    *,
    username: str,
    name: str,
    password: str,
    at: datetime,
    locale: str | None = None,
) -> User:
    """Hand the account over to who holds the link, and write to them in the language they read.

    Raises NotFound, RuleBroken.
    """
    token = usable_token(token_id, TokenPurpose.INVITATION, at)
    if token is None:
        raise NotFound
    identities.check_credentials(token.user, username, password, token.user.email)
    password_hash = hash_password(password)
    with unit_of_work():
        lock_site()
        user = tokens.redeem(token_id, TokenPurpose.INVITATION, at=at).user
        if user.status != AccountStatus.INVITED:
            raise NotFound
        identities.give_username(user, username)
        user.name, user.password_hash, user.status = name, password_hash, AccountStatus.ACTIVE
        user.locale = user.locale or locale
        sessions.end_all(user)
        record(Act("user.joined", user.id, at, "user", user.id))
    return user


def _submitted(submission_id: str | None) -> Token | None:
    if not submission_id:
        return None
    user_id = db.session.scalar(select(User.id).where(User.submission_id == submission_id))
    return latest_token(user_id, TokenPurpose.INVITATION) if user_id else None


def _issued(user: User, at: datetime) -> Token:
    token = tokens.issue(user, TokenPurpose.INVITATION, at=at)
    if user.email:
        record(LinkIssued(token.id))
    return token
