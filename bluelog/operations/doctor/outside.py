"""Servers that the blog leans on, where they are set: Redis, and storage elsewhere."""

from collections.abc import Iterator

from flask import current_app

from bluelog import storage
from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, failure, fine
from bluelog.operations.doctor.patient import reason

_NOBODYS = f"{'0' * 64}.png"


def look_at_redis(seconds: float) -> Iterator[Finding]:
    """Greet Redis; nothing is said where none is set."""
    url = current_app.config["REDIS_URL"]
    if not url:
        return
    from redis import Redis, RedisError  # An optional package, there where REDIS_URL is taken.

    try:
        with Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds) as redis:
            redis.ping()
    except RedisError as error:
        words = _l("Redis does not answer: %(reason)s", reason=reason(error))
        yield failure(words, _l("See that it runs and that REDIS_URL is right."))
    else:
        yield fine(_l("Redis answers."))


def look_at_storage(_seconds: float) -> Iterator[Finding]:
    """Ask a storage that is no folder here for a picture that nobody has."""
    try:
        kept = storage.current()
    except RuntimeError:  # the app could not be made
        return
    if kept.path(_NOBODYS) is not None:
        return
    try:
        kept.exists(_NOBODYS)
    except Exception as error:  # noqa: BLE001  (whatever the storage's library raises)
        words = _l("The storage of uploads does not answer: %(reason)s", reason=reason(error))
        yield failure(words, _l("See that its address, bucket and keys in .env are right."))
    else:
        yield fine(_l("The storage of uploads answers."))
