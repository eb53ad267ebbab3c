"""What people change about themselves."""

from datetime import datetime

from bluelog.errors import NotFound, RuleBroken
from bluelog.events import Act, LinkIssued
from bluelog.i18n import LANGUAGES
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Token, TokenPurpose, User
from bluelog.passwords import hash_password, verify_password
from bluelog.services import identities, limits, sessions, tokens
from bluelog.services.locks import lock_site
from bluelog.text.keys import email_key
from bluelog.uow import record, unit_of_work


def change_profile(
    *, name: str, bio: str, website: str, locale: str | None, by: User, at: datetime
) -> User:
    """Save what others see of a person, and the language they are written to in."""
    if website and not website.lower().startswith(("http://", "https://")):
        raise RuleBroken("website", _l("Give an address that begins with https:// or http://."))
    if locale and locale not in LANGUAGES:
        raise RuleBroken("locale", _l("Choose one of the listed languages."))
    with unit_of_work():
        user = identities.locked_user(by.id)
        user.name, user.bio, user.website, user.locale = name, bio, website, locale or None
        record(Act("user.profile-changed", user.id, at, "user", user.id))
    return user


def change_password(*, current: str, new: str, key: str, by: User, at: datetime) -> str:
    """Set a new password and sign out every browser but this one; its new key.

    `key` is the one it has. Raises RuleBroken("current" or "password"), LimitReached.
    """
    stored = _checked(by, current, "current", at)
    identities.check_password(new, by.username, by.email)
    password_hash = hash_password(new)
    with unit_of_work():
        user = _unchanged(by, stored, "current")
        user.password_hash = password_hash
        tokens.void(user, at=at)
        fresh = sessions.renewed(user, key, at=at)
    user.session_token = fresh
    return fresh


def change_email(
    email: str, *, password: str, mail_works: bool, by: User, at: datetime
) -> Token | None:
    """Change the address once its mailbox has answered; at once where there is no mail.

    Gives the token of the link that is mailed. Where mail works, no answer tells whether another
    account has the address. Emits LinkIssued. Raises RuleBroken("email" or "password"),
    LimitReached.
    """
    stored = _checked(by, password, "password", at)
    limits.spend(limits.EMAIL_CHANGE_USER, str(by.id), at=at)
    with unit_of_work():
        lock_site()
        user = _unchanged(by, stored, "password")
        if not mail_works or not email or email_key(email) == user.email_key:
            _set_email(user, email, at)
            return None
        if not identities.is_free(email, user):
            return None
        token = tokens.issue(user, TokenPurpose.EMAIL_CHANGE, at=at, email=email)
        record(LinkIssued(token.id))
        return token


def confirm_email(token_id: int, *, at: datetime) -> User:
    """Take the address whose mailbox received the link. Raises NotFound, RuleBroken("email")."""
    with unit_of_work():
        lock_site()
        token = tokens.redeem(token_id, TokenPurpose.EMAIL_CHANGE, at=at)
        if not token.user.is_active:
            raise NotFound
        _set_email(token.user, token.email, at)
        return token.user


def _checked(by: User, password: str, field: str, at: datetime) -> str:
    """The stored hash that the password was checked against."""
    limits.spend(limits.PASSWORD_CHECK, str(by.id), at=at)
    stored = by.password_hash
    if stored is None or not verify_password(stored, password):
        raise RuleBroken(field, _WRONG)
    limits.forgive(limits.PASSWORD_CHECK, str(by.id), at=at)
    return stored


def _unchanged(by: User, stored: str, field: str) -> User:
    """The account, held, if its password is still the one that was checked."""
    user = identities.locked_user(by.id)
    if user.password_hash != stored or not user.is_active:
        raise RuleBroken(field, _WRONG)
    return user


def _set_email(user: User, email: str | None, at: datetime) -> None:
    identities.give_email(user, email)
    # A link to the former mailbox must not open the account any more.
    tokens.void(user, TokenPurpose.RESET, TokenPurpose.EMAIL_CHANGE, at=at)


_WRONG = _l("This is not your current password.")
