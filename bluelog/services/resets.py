"""New passwords for those who forgot theirs."""

from datetime import datetime

from bluelog.errors import NotFound, RuleBroken
from bluelog.events import Act
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Token, TokenPurpose, User
from bluelog.passwords import hash_password
from bluelog.queries.people import usable_token
from bluelog.services import asked, identities, limits, sessions, tokens
from bluelog.services.locks import lock_site
from bluelog.text.keys import email_key
from bluelog.uow import record, unit_of_work


def ask(email: str, *, address: str, at: datetime) -> None:
    """Mail a link to the account of that e-mail address, if there is one; no answer tells.

    `address` is the client's. Emits LinkAsked. Raises LimitReached.
    """
    limits.spend(limits.RESET, address, at=at)
    limits.spend(limits.RESET_ACCOUNT, "reset", email_key(email), at=at)
    asked.ask(email, TokenPurpose.RESET)


def issue(user_id: int, *, by: User, at: datetime) -> Token:
    """Make a link that the administrator copies and hands on. Raises NotAllowed, RuleBroken."""
    with unit_of_work():
        lock_site()
        identities.check_administrator(by)
        user = identities.locked_user(user_id)
        if not user.is_active:
            raise RuleBroken(None, _l("This account is not active."))
        record(Act("user.reset-issued", by.id, at, "user", user.id))
        return tokens.issue(user, TokenPurpose.RESET, at=at)


def reset_password(token_id: int, password: str, *, at: datetime) -> User:
    """Set the password of who holds the link, and sign every browser of the account out.

    No other link to the account works afterwards: someone else may have asked for it.
    Raises NotFound, RuleBroken.
    """
    token = usable_token(token_id, TokenPurpose.RESET, at)
    if token is None or not token.user.is_active:
        raise NotFound
    identities.check_password(password, token.user.username, token.user.email)
    password_hash = hash_password(password)
    with unit_of_work():
        user = tokens.redeem(token_id, TokenPurpose.RESET, at=at).user
        if not user.is_active:
            raise NotFound
        user.password_hash = password_hash
        tokens.void(user, at=at)
        sessions.end_all(user)
    return user
