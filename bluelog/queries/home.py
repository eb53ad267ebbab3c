"""The home page: what is pinned, then everything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, select

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.queries.moments import NOW, Moment
from bluelog.queries.paging import Page, Window, page
from bluelog.queries.posts import (
    CARD,
    NEWEST_FIRST,
    Card,
    authors_of,
    is_shown,
    public_posts,
)

MOST_PINNED = 5


@dataclass(frozen=True)
class Home:
    """A page of the posts, newest first, and on the first of them the pinned ones above it."""

    pinned: Sequence[Card]
    page: Page[Card]


def home_page(now: datetime, window: Window) -> Home:
    """Some of all public posts. What is pinned is on none of the pages of the others."""
    is_first = window.after is None and window.before is None
    pinned = _pinned_at(now) if is_first else []
    found = page(_cards(), NEWEST_FIRST, window, {"now": now})
    authors = authors_of(post.id for post in (*pinned, *found.items))
    cards = [Card(post, authors.get(post.id, [])) for post in (*pinned, *found.items)]
    return Home(cards[: len(pinned)], found.of(cards[len(pinned) :]))


def unpinned_posts(now: Moment) -> Select[Post]:
    """What the pages of the home page list."""
    return public_posts(now).where(Post.pinned_at.is_(None))


def _pinned_at(now: datetime) -> list[Post]:
    # Asked for what else they are, SQLite might walk along another index.
    return [post for post in db.session.scalars(_pinned()) if is_shown(post, now)]


@cache
def _pinned() -> Select[Post]:
    pinned = select(Post).where(Post.pinned_at.is_not(None))
    return pinned.order_by(Post.pinned_at.desc()).limit(MOST_PINNED).options(*CARD)


@cache
def _cards() -> Select[Post]:
    return unpinned_posts(NOW).options(*CARD)
