"""The stamp of a comment form: the same for everyone on one post on one day."""

from datetime import datetime, timedelta
from functools import lru_cache

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

VALID = timedelta(days=7)


def stamp(post_id: int, at: datetime) -> str:
    """The stamp for a form made at that time."""
    return _stamp(current_app.config["SECRET_KEY"], post_id, at.date().toordinal())


@lru_cache(maxsize=1024)
def _stamp(key: str, post_id: int, day: int) -> str:
    return str(_serializer(key).dumps([post_id, day]))


def is_valid(text: str, post_id: int, at: datetime) -> bool:
    """Whether the stamp is ours, of this post and not older than seven days."""
    try:
        stamped_post, day = _serializer(current_app.config["SECRET_KEY"]).loads(text)
    except (BadSignature, ValueError, TypeError):
        return False
    return bool(stamped_post == post_id) and 0 <= at.date().toordinal() - day <= VALID.days


def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="comment-form")
