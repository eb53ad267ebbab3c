"""From what a column of another blog may hold to what ours do; nothing here fails."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
_YES = {"1", "t", "true", "y", "yes", "on"}


def text(value: Any) -> str:
    """Any value as text that every database takes: no NUL or other control character."""
    if value is None:
        return ""
    whole = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return whole.translate(_CONTROLS)


def words(value: Any) -> str:
    """As `text`, on one line, without white space at its ends."""
    return " ".join(text(value).split())


def number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def flag(value: Any) -> bool:
    return str(value).lower() in _YES


def moment(value: Any) -> datetime | None:
    """A time as aware UTC, for both editions wrote UTC without saying so; None if it is none."""
    try:
        read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def web_address(url: str) -> str:
    """The URL if it is a whole one of the web, else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_whole = parts.scheme in {"http", "https"} and parts.hostname and " " not in url
    return url if is_whole else ""
