"""What the editor's panel shows of a post beside its own fields."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from bluelog import mail
from bluelog.clock import now
from bluelog.models import Post, PostStatus
from bluelog.queries.preview_links import preview_links_of
from bluelog.services.preview_links import DAYS


@dataclass(frozen=True)
class Previews:
    """The links by which outsiders read a post, with their addresses, and how to make another."""

    links: list[tuple[Any, str]]
    days: tuple[int, ...] = DAYS
    submission_id: str = field(default_factory=lambda: secrets.token_urlsafe(16))


def previews_of(post: Post | None) -> Previews | None:
    """None for what outsiders may read anyway, or nobody may."""
    at = now()
    if post is None or post.status == PostStatus.TRASHED or post.is_public_at(at):
        return None
    links = preview_links_of(post, at)
    return Previews([(link, mail.preview_address(link)) for link in links])
