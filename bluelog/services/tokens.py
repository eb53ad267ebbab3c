"""What the links stand for that are mailed or copied: each works once, for a while.

All of it within the unit of work that is open.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.models import Token, TokenPurpose, User
from bluelog.queries.people import usable_token
from bluelog.services.identities import locked_user
from bluelog.uow import unit_of_work

LIFETIMES = {
    TokenPurpose.INVITATION: timedelta(days=7),
    TokenPurpose.RESET: timedelta(hours=2),
    TokenPurpose.CONFIRMATION: timedelta(days=3),
    TokenPurpose.EMAIL_CHANGE: timedelta(days=3),
}
# Queued mail names its token, and someone late is told that the link has expired.
KEPT = timedelta(days=30)


def issue(user: User, purpose: TokenPurpose, *, at: datetime, email: str | None = None) -> Token:
    """Make a token; `email` is the address that it proves, where that is not the account's."""
    token = Token(
        purpose=purpose,
        user=user,
        email=email,
        created_at=at,
        expires_at=at + LIFETIMES[purpose],
    )
    db.session.add(token)
    db.session.flush()  # Events and links name it by its id.
    return token


def redeem(token_id: int, purpose: TokenPurpose, *, at: datetime) -> Token:
    """Use the token up, together with all others of its kind; its owner is held.

    Raises NotFound.
    """
    owner_id = db.session.scalar(select(Token.user_id).where(Token.id == token_id))
    if owner_id is None:
        raise NotFound
    # The owner is held first, so of two who use one token the second finds it used.
    user = locked_user(owner_id)
    token = usable_token(token_id, purpose, at)
    if token is None:
        raise NotFound
    void(user, purpose, at=at)
    return token


def void(user: User, *purposes: TokenPurpose, at: datetime) -> None:
    """Let no link of these purposes work any more; without purposes, none at all."""
    unused = update(Token).where(Token.user_id == user.id, Token.used_at.is_(None))
    if purposes:
        unused = unused.where(Token.purpose.in_(purposes))
    db.session.execute(unused.values(used_at=at))


def purge(at: datetime) -> None:
    """Delete what expired 30 days ago, in a unit of work of its own."""
    with unit_of_work():
        db.session.execute(delete(Token).where(Token.expires_at <= at - KEPT))
