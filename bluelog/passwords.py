"""Passwords: how they are kept, checked, judged and made up."""

import secrets
import unicodedata
from collections.abc import Collection
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.security import check_password_hash

MINIMUM_CHARACTERS = 8
MAXIMUM_BYTES = 1024

# Source: OWASP Password Storage Cheat Sheet, Argon2id with 19 MiB.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_COMMON = Path(__file__).with_name("common-passwords.txt")
_IMPORTED = ("scrypt:", "pbkdf2:")
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else
_GROUPS, _GROUP_LENGTH = 3, 5


def hash_password(plain: str) -> str:
    return _hasher.hash(_canonical(plain))


def verify_password(stored: str | None, plain: str) -> bool:
    """Check `plain`; no account (None) or a hash that cannot be read takes as long and is False."""
    is_right = _matches(stored or "", plain) if len(plain) <= MAXIMUM_BYTES else None
    if is_right is None:
        _hasher.hash(b"as long as a real one")
    return bool(is_right)


def _matches(stored: str, plain: str) -> bool | None:
    """None where there was nothing to compare with, and so no time spent."""
    try:
        if stored.startswith(_IMPORTED) and stored.count("$") == 2:  # noqa: PLR2004  (its parts)
            return check_password_hash(stored, plain)
        return _hasher.verify(stored, _canonical(plain))
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError, ValueError, OverflowError):
        return None


def _canonical(plain: str) -> bytes:
    """One form for what keyboards write differently. Source: RFC 8265 section 4.2.2 (NFC)."""
    return unicodedata.normalize("NFC", plain).encode("utf-8", "surrogatepass")


def needs_rehash(stored: str) -> bool:
    """Whether to hash again at the next sign-in: imported, or made with other parameters."""
    try:
        return _hasher.check_needs_rehash(stored)
    except InvalidHashError:
        return True


def generate_password() -> str:
    """Make up a password that reads well aloud, of about 74 bits."""
    groups = (
        "".join(secrets.choice(_READABLE) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def weakness(plain: str, personal: Collection[str] = ()) -> LazyString | None:
    """Say why `plain` is no good password, or None.

    `personal` holds what an attacker knows: username, e-mail address, the site's title.
    """
    if len(plain) < MINIMUM_CHARACTERS:
        return _l("Use at least %(count)s characters.", count=MINIMUM_CHARACTERS)
    if len(_canonical(plain)) > MAXIMUM_BYTES:
        return _l("This password is too long.")
    folded = plain.strip().casefold()
    if folded in common_passwords():
        return _l("This password is among the first that others would try.")
    if folded in _guesses(personal):
        return _l("Choose a password that is not your name, your address or the title of the blog.")
    return None


def _guesses(personal: Collection[str]) -> set[str]:
    known = {text.strip().casefold() for text in personal if text}
    return known | {text.partition("@")[0] for text in known}


@cache
def common_passwords() -> frozenset[str]:
    return frozenset(_COMMON.read_text("utf-8").split())
