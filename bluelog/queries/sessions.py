"""Who is signed in."""

import hashlib
from datetime import datetime

from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import AccountStatus, User, UserSession


def live_user(key: str, at: datetime) -> User | None:
    """The active account whose live session this is, with the key as its `session_token`."""
    query = (
        select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.key_hash == key_hash(key),
            UserSession.expires_at > at,
            UserSession.generation == User.session_generation,
            User.status == AccountStatus.ACTIVE,
        )
    )
    user = db.session.scalar(query)
    if user is not None:
        user.session_token = key
    return user


def key_hash(key: str) -> str:
    """What the table holds of a session's key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
