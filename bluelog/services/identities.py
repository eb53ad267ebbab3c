"""Names, addresses and rights: what every change of an account checks.

All of it within the unit of work that is open, the site's row held where something is to be unique.
"""

import unicodedata
from typing import Any

from sqlalchemy import select

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Role, User
from bluelog.passwords import weakness
from bluelog.text.keys import email_key, name_key

LONGEST_USERNAME = 50
LONGEST_KEY = 100
LONGEST_EMAIL = 254
# What would break an address or be taken for markup.
REFUSED = frozenset('/\\?#%&<>"')


def check_administrator(by: User) -> None:
    """Raises NotAllowed for one who is no administrator, or no longer."""
    if not (by.is_active and by.is_administrator):
        raise NotAllowed


def locked_user(user_id: int) -> User:
    """The account as it is now, held until the unit of work ends. Raises NotFound."""
    user = db.session.get(User, user_id, populate_existing=True, with_for_update=True)
    if user is None:
        raise NotFound
    return user


def known_role(role: str) -> Role:
    """Raises RuleBroken("role")."""
    try:
        return Role(role)
    except ValueError:
        raise RuleBroken("role", _l("Choose one of the listed roles.")) from None


def check_username(username: str) -> None:
    """Raises RuleBroken("username") for one that no address could carry or nobody could type."""
    if not 1 <= len(username) <= LONGEST_USERNAME or len(name_key(username)) > LONGEST_KEY:
        raise RuleBroken("username", _l("A username has between 1 and 50 characters."))
    if username in (".", "..") or not all(map(_is_fit, username)):
        refused = " ".join(sorted(REFUSED))
        message = _l(
            "A username has no spaces and none of these: %(characters)s", characters=refused
        )
        raise RuleBroken("username", message)


def check_password(password: str, *personal: str | None) -> None:
    """Raises RuleBroken("password") for a weak one; `personal` is what others know."""
    for refusal in _weakness(password, *personal):
        raise refusal


def check_credentials(user: User, username: str, password: str, *personal: str | None) -> None:
    """What somebody chose to sign in with, both looked at before either is refused.

    Raises RuleBroken("username" or "password"), the former with the latter in its `more`.
    """
    try:
        _check_free(user, username)
    except RuleBroken as refusal:
        also = _weakness(password, username, *personal)
        raise RuleBroken(refusal.field, refusal.message, *also) from None
    check_password(password, username, *personal)


def give_username(user: User, username: str) -> None:
    """Raises RuleBroken("username")."""
    _check_free(user, username)
    user.username = unicodedata.normalize("NFC", username)
    user.username_key = name_key(username)


def give_email(user: User, email: str | None) -> None:
    """Raises RuleBroken("email")."""
    address = (email or "").strip()
    if len(address) > LONGEST_EMAIL or len(email_key(address)) > LONGEST_EMAIL:
        raise RuleBroken("email", _l("This address is too long."))
    if address and not is_free(address, user):
        raise RuleBroken("email", _l("There is an account with this address already."))
    user.email, user.email_key = address or None, email_key(address) or None


def is_free(email: str, user: User) -> bool:
    """Whether no other account has the address."""
    return not _is_taken(User.email_key == email_key(email), user)


def _check_free(user: User, username: str) -> None:
    check_username(username)
    if _is_taken(User.username_key == name_key(username), user):
        raise RuleBroken("username", _l("This username is taken."))


def _weakness(password: str, *personal: str | None) -> list[RuleBroken]:
    reason = weakness(password, [text for text in personal if text])
    # Asking a lazy text for its truth would translate it, which needs a request.
    return [] if reason is None else [RuleBroken("password", reason)]


def _is_fit(character: str) -> bool:
    return character not in REFUSED and unicodedata.category(character)[0] not in "CZ"


def _is_taken(same: Any, user: User) -> bool:
    with db.session.no_autoflush:
        return db.session.scalar(select(User.id).where(same, User.id != user.id)) is not None
