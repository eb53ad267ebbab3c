"""How often something may be tried: counted before it is done, so that a refusal counts too."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from typing import TypeVar

from limits import RateLimitItem, parse_many
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import delete, select

from bluelog.errors import LimitReached
from bluelog.extensions import db, redis_connections
from bluelog.models import AttemptCount
from bluelog.outage import Outage
from bluelog.services.limit_storage import AttemptStorage
from bluelog.uow import unit_of_work

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Limit:
    """So many attempts in each of the windows. `per_address`: its identity ends with an address."""

    name: str
    windows: tuple[RateLimitItem, ...]
    per_address: bool = False


def _each(name: str, windows: str) -> Limit:
    return Limit(name, tuple(parse_many(windows)))


def _each_address(name: str, windows: str) -> Limit:
    return Limit(name, tuple(parse_many(windows)), per_address=True)


# From one network so few that nobody guesses, from all together so many that a stranger can hardly
# shut an owner out.
SIGN_IN_ACCOUNT = _each_address("sign-in-account", "10 per 15 minutes")
SIGN_IN_ANYWHERE = _each("sign-in-anywhere", "100 per 15 minutes")
SIGN_IN_ADDRESS = _each_address("sign-in-address", "30 per 15 minutes")
PASSWORD_CHECK = _each("password-check", "10 per 15 minutes")
RESET = _each_address("reset", "10 per hour")
RESET_ACCOUNT = _each("reset-account", "3 per hour; 6 per day")
EMAIL_CHANGE_USER = _each("email-change-user", "5 per day")
REGISTER = _each_address("register", "5 per hour; 20 per day")
COMMENT_ADDRESS = _each_address("comment-address", "6 per 10 minutes; 60 per day")
# A save by itself comes every few seconds from each open editor: many of those at once are normal.
AUTOSAVE = _each("autosave", "600 per minute")
EDITORS_OPENED = _each("editors-opened", "500 per day")
UPLOAD_USER = _each("upload-user", "120 per 10 minutes; 1000 per day")


class _Shared:
    """Counters outside the database, once a Redis server is named."""

    storage: Storage | None = None
    outage = Outage()


def init(redis_url: str | None) -> None:
    """Count on the Redis server, or in the database where there is none."""
    _Shared.storage = _connected(redis_url) if redis_url else None
    _Shared.outage = Outage()


def spend(limit: Limit, *identity: str, at: datetime) -> None:
    """Count one attempt, in a unit of work of its own. Raises LimitReached."""
    key = _key(limit, identity)

    def hit(limiter: FixedWindowRateLimiter) -> list[float]:
        full = [window for window in limit.windows if not limiter.hit(window, *key)]
        return [limiter.get_window_stats(window, *key).reset_time for window in full]

    if ends := _counted(hit, at):
        raise LimitReached(max(1, ceil(max(ends) - at.timestamp())))


def give_back(limit: Limit, *identity: str, at: datetime) -> None:
    """Take back one attempt that was no failure."""
    key = _key(limit, identity)

    def take_back(limiter: FixedWindowRateLimiter) -> None:
        for window in limit.windows:
            # Else the next window would begin below nothing.
            if limiter.storage.get(window.key_for(*key)) > 0:
                limiter.hit(window, *key, cost=-1)

    _counted(take_back, at)


def forgive(limit: Limit, *identity: str, at: datetime) -> None:
    """Forget every attempt."""
    key = _key(limit, identity)

    def clear(limiter: FixedWindowRateLimiter) -> None:
        for window in limit.windows:
            limiter.clear(window, *key)

    _counted(clear, at)


def purge(at: datetime) -> None:
    """Delete the counters whose window is over."""
    # A counter that someone counts on right now is left for the next time, not waited for.
    over = select(AttemptCount.key).where(AttemptCount.expires_at <= at)
    idle = over.with_for_update(skip_locked=True)
    with unit_of_work():
        db.session.execute(delete(AttemptCount).where(AttemptCount.key.in_(idle)))


def _connected(url: str) -> Storage:
    # The library's own name for a Redis server behind a socket file.
    named = f"redis+{url}" if url.startswith("unix:") else url
    options = {}
    if not url.startswith("memory:"):
        options["connection_pool"] = redis_connections(url, patience_seconds=1.0)
    storage = storage_from_string(named, **options)
    assert isinstance(storage, Storage)  # noqa: S101  (its other kind is for asyncio)
    return storage


def _counted(count: Callable[[FixedWindowRateLimiter], T], at: datetime) -> T:
    """Count on the shared server; in the database where there is none, or while it is away."""
    shared, outage = _Shared.storage, _Shared.outage
    if shared is not None and outage.lets_ask():
        try:
            counted = count(FixedWindowRateLimiter(shared))
        except shared.base_exceptions as error:
            if outage.failed():
                log.warning("Redis is away; attempts are counted in the database: %s", error)
        else:
            if outage.answered():
                log.warning("Redis is back; attempts are counted there.")
            return counted
    with unit_of_work():
        return count(FixedWindowRateLimiter(AttemptStorage(at)))


def _key(limit: Limit, identity: tuple[str, ...]) -> tuple[str, str]:
    """Name the counter by a digest: it fits its column, and no list of addresses is kept."""
    parts = (*identity[:-1], _network(identity[-1])) if limit.per_address else identity
    joined = "\0".join(parts).encode("utf-8", "replace")
    return limit.name, hashlib.sha256(joined).hexdigest()


def _network(address: str) -> str:
    """The address, or its network of 64 bits: one household may choose within an IPv6 network."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))
