"""Who is signed in."""

import hashlib
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select

from bluelog.extensions import db
from bluelog.models import AccountStatus, User, UserSession
from bluelog.queries.moments import NOW


def live_user(key: str, at: datetime) -> User | None:
    """The active account whose live session this is, with the key as its `session_token`."""
    found = db.session.execute(_live(), {"key_hash": key_hash(key), "now": at}).first()
    if found is None:
        return None
    user, seen_at = found
    user.session_token, user.session_seen_at = key, seen_at
    return user


@cache
def _live() -> Select[User, datetime]:
    return (
        select(User, UserSession.seen_at)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.key_hash == bindparam("key_hash"),
            UserSession.expires_at > NOW,
            UserSession.generation == User.session_generation,
            User.status == AccountStatus.ACTIVE,
        )
    )


def key_hash(key: str) -> str:
    """What the table holds of a session's key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
