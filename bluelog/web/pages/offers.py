"""Which pages may be kept, and what each depends on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from flask import request

View = TypeVar("View", bound=Callable[..., Any])
OFFER_KEY = "bluelog.page"
_MARK = "is_kept_page"


class Offer(NamedTuple):
    """What a page that was just rendered depends on, beside the site's revisions."""

    post_id: int | None
    post_revision: int | None
    fresh_until: datetime


def kept(view: View) -> View:
    """Mark a view whose pages may be kept: a function of address, language and theme alone."""
    setattr(view, _MARK, True)
    return view


def is_kept(view: Any) -> bool:
    return getattr(view, _MARK, False)


def offer(post: Any, fresh_until: datetime) -> None:
    """Let the answer to this request be kept. `post` is what its own page shows, if anything."""
    post_id, revision = (post.id, post.revision) if post is not None else (None, None)
    request.environ[OFFER_KEY] = Offer(post_id, revision, fresh_until)
