"""What must not come back with an old state: changed in the transaction that brings it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

# The ids of tokens that are lost are passed over: a mailed link signs its id, and would else open
# the next token of that number.
_LEAP = 1_000_000
_FOR_EVER = timedelta(days=365 * 100)  # or the worker would clear the highest id away

_FAIL_MAIL = """
UPDATE outgoing_mail SET status = 'failed',
error = 'It waited when the backup was made; whether it was sent afterwards is not known.'
WHERE status IN ('asked', 'queued', 'sending')
"""
_LEAP_SQLITE = """
INSERT INTO token (id, purpose, user_id, created_at, expires_at, used_at)
SELECT (SELECT coalesce(max(id), 0) + {leap} FROM token), 'none', min(id), '{at}', '{until}', '{at}'
FROM "user" HAVING min(id) IS NOT NULL
"""
_LEAP_POSTGRESQL = """
SELECT setval(pg_get_serial_sequence('token', 'id'),
              nextval(pg_get_serial_sequence('token', 'id')) + {leap})
"""
_LEAPS = {"sqlite": _LEAP_SQLITE, "postgresql": _LEAP_POSTGRESQL}


def afterwards(kind: str, at: datetime) -> Sequence[str]:
    """The statements, for a kind of database.

    A session or link that was ended since would work again, and mail that was sent since would be
    sent again.
    """
    now = _time(at)
    leap = _LEAPS[kind].format(leap=_LEAP, at=now, until=_time(at + _FOR_EVER))
    return (
        "DELETE FROM user_session",
        f"UPDATE token SET used_at = '{now}' WHERE used_at IS NULL",  # noqa: S608  (a time of ours)
        _FAIL_MAIL.strip(),
        leap.strip(),
    )


def _time(at: datetime) -> str:
    """As SQLAlchemy writes it for SQLite; PostgreSQL reads the same, for a connection's zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
