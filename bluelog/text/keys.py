"""What makes two names or two addresses the same."""

import unicodedata


def name_key(text: str) -> str:
    """Fold away case, width and composition. Source: Unicode Standard, D146 (NFKC casefold)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _storable(unicodedata.normalize("NFKC", folded))


def email_key(address: str) -> str:
    """Fold away case; a mailbox that tells `Ada` from `ada` is not to be found any more."""
    return _storable(unicodedata.normalize("NFC", address).strip().casefold())


def _storable(key: str) -> str:
    # PostgreSQL refuses to be asked for a NUL; nothing that is stored has a replacement for one.
    return key.replace("\0", "\ufffd")
