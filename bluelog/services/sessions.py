"""Signed-in browsers."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from bluelog.extensions import db
from bluelog.models import User, UserSession
from bluelog.queries.sessions import key_hash
from bluelog.uow import unit_of_work

REMEMBERED = timedelta(days=30)
FORGOTTEN = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=10)


def open_session(user: User, *, remember: bool, at: datetime) -> str:
    """Sign a browser in; the key that its cookie is to hold."""
    with unit_of_work():
        return added(user, remember=remember, at=at)


def added(user: User, *, remember: bool, at: datetime) -> str:
    """As `open_session`, within the unit of work that is open."""
    return _added(user, REMEMBERED if remember else FORGOTTEN, at)


def renewed(user: User, key: str, *, at: datetime) -> str:
    """End every session of the account and open one in place of `key`, which stays as long.

    Within the unit of work that is open, when the account's generation was raised.
    """
    row = db.session.get(UserSession, key_hash(key))
    lasts = _lifetime(row.seen_at, row.expires_at) if row else FORGOTTEN
    end_all(user)
    return _added(user, lasts, at)


def end_all(user: User) -> None:
    """End every session of the account, within the unit of work that is open."""
    user.session_generation += 1
    db.session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def close(key: str) -> None:
    """Sign the browser out."""
    with unit_of_work():
        db.session.execute(delete(UserSession).where(UserSession.key_hash == key_hash(key)))


def close_others(user: User, except_key: str) -> None:
    """Sign out every other browser of the account."""
    with unit_of_work():
        db.session.execute(
            delete(UserSession).where(
                UserSession.user_id == user.id, UserSession.key_hash != key_hash(except_key)
            )
        )


def touch(key: str, at: datetime) -> bool:
    """Note that the browser was seen, at most every 10 minutes; its session lasts from then on.

    Whether it was noted just now.
    """
    row = select(UserSession.seen_at, UserSession.expires_at)
    found = db.session.execute(row.where(UserSession.key_hash == key_hash(key))).first()
    if found is None or not found.seen_at + SEEN_EVERY <= at < found.expires_at:
        return False
    lasts = _lifetime(found.seen_at, found.expires_at)
    seen = update(UserSession).where(
        UserSession.key_hash == key_hash(key), UserSession.seen_at == found.seen_at
    )
    slid = seen.values(seen_at=at, expires_at=at + lasts).returning(UserSession.key_hash)
    with unit_of_work():
        return db.session.scalar(slid) is not None


def purge(at: datetime) -> None:
    """Delete the sessions that have expired."""
    with unit_of_work():
        db.session.execute(delete(UserSession).where(UserSession.expires_at <= at))


def _added(user: User, lasts: timedelta, at: datetime) -> str:
    key = secrets.token_urlsafe(32)
    db.session.add(
        UserSession(
            key_hash=key_hash(key),
            user_id=user.id,
            generation=user.session_generation,
            created_at=at,
            seen_at=at,
            expires_at=at + lasts,
        )
    )
    return key


def _lifetime(seen_at: datetime, expires_at: datetime) -> timedelta:
    """How long the session lasts from each time it was seen, as was chosen at sign-in."""
    return expires_at - seen_at
