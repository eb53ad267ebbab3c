"""Signing in and out."""

from datetime import datetime

from bluelog.errors import RuleBroken
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import User
from bluelog.passwords import hash_password, needs_rehash, verify_password
from bluelog.queries.people import person_by_login
from bluelog.services import limits, sessions
from bluelog.services.identities import locked_user
from bluelog.text.keys import name_key
from bluelog.uow import unit_of_work


def sign_in(
    login: str, password: str, *, address: str, remember: bool, at: datetime
) -> tuple[User, str]:
    """Sign in by username or e-mail address; the account and the key of its new session.

    No answer tells whether there is such an account. Raises RuleBroken, LimitReached.
    """
    limits.spend(limits.SIGN_IN_ADDRESS, address, at=at)
    target = _counted(login, address, at)
    user = person_by_login(login)
    stored = user.password_hash if user else None
    is_right = verify_password(stored, password)
    if user is None or stored is None or not is_right or not user.is_active:
        raise RuleBroken(None, WRONG)
    user.session_token = _open(user, stored, password, remember=remember, at=at)
    limits.give_back(limits.SIGN_IN_ADDRESS, address, at=at)
    limits.give_back(limits.SIGN_IN_ANYWHERE, *target, at=at)
    limits.forgive(limits.SIGN_IN_ACCOUNT, *target, address, at=at)
    return user, user.session_token


def sign_out(key: str) -> None:
    """End the session of that key."""
    sessions.close(key)


WRONG = _l("The username, the e-mail address or the password is wrong.")


def _counted(login: str, address: str, at: datetime) -> tuple[str, str]:
    """Count the attempt; what it was at. To be let in at once by a new password, that is part."""
    user = person_by_login(login)
    target = (name_key(login), (user and user.password_hash) or "")
    limits.spend(limits.SIGN_IN_ACCOUNT, *target, address, at=at)
    limits.spend(limits.SIGN_IN_ANYWHERE, *target, at=at)
    return target


def _open(user: User, stored: str, password: str, *, remember: bool, at: datetime) -> str:
    """Open the session, unless the account changed while its password was being checked."""
    user_id = user.id
    rehashed = hash_password(password) if needs_rehash(stored) else stored
    with unit_of_work():
        user = locked_user(user_id)
        if user.password_hash != stored or not user.is_active:
            raise RuleBroken(None, WRONG)
        user.password_hash = rehashed
        return sessions.added(user, remember=remember, at=at)
