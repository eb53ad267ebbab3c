"""Posts and pages by the words in them, to whoever may read them.

Of what has the words the newest are looked at, and of these the best come first. Which have them
is the database's to tell, a file a dialect; how well they fit is told by one measure for both.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

from sqlalchemy import ColumnElement, and_, func, or_, select

from bluelog.extensions import db
from bluelog.models import Post, PostStatus, User
from bluelog.queries.portions import in_portions
from bluelog.queries.posts import is_editable_by, is_public
from bluelog.queries.search import postgresql, sqlite
from bluelog.queries.search.ask import Ask
from bluelog.queries.search.postgresql import is_too_long as is_too_long
from bluelog.text.search.entries import PUBLIC, author_mark, category_mark, end_of
from bluelog.text.search.question import Phrase, Question
from bluelog.text.search.ranking import Candidate, fitting

# The newest of all that have the words: ranking looks at no more, however many there are.
MOST_RANKED = 1000


@dataclass(frozen=True)
class Wish:
    """What is asked for, and what of it is wanted."""

    question: Question
    category_id: int | None = None
    author_id: int | None = None
    in_title: bool = False


@dataclass(frozen=True)
class Found:
    """What fits, best first.

    `phrases` are those that were looked for; of a loose search each post has some alone. Where it
    `is_cut`, older posts have them too.
    """

    fitting: Sequence[Candidate]
    phrases: Sequence[Phrase]
    is_loose: bool = False
    is_cut: bool = False


def find(wish: Wish, viewer: User | None, now: datetime) -> Found:
    """The posts with everything that is asked for; where there are none, those with some of it."""
    phrases, parts = wish.question.phrases, wish.question.parts
    found = _found(wish, phrases, viewer, now, every=True)
    if found.fitting or len(parts) < 2:  # noqa: PLR2004 - of one part there is no some
        return found
    return _found(wish, parts, viewer, now, every=False)


def resembling(phrases: Sequence[Phrase], now: datetime, limit: int) -> list[Candidate]:
    """The newest public posts and pages that have any of the phrases."""
    if not phrases:
        return []
    asked = Ask(phrases, [PUBLIC], every=False, in_title=False, end=end_of(now))
    return list(_dialect().newest(asked, is_public(now), limit))


def held_of(post_ids: Collection[int]) -> list[Candidate]:
    """What the index holds of these posts."""
    some = in_portions(sorted(post_ids))
    return [one for ids in some for one in _dialect().held_of(ids)]


def held() -> tuple[int, int]:
    """How many posts the index holds, and how many there are."""
    return _dialect().indexed(), db.session.scalar(select(func.count()).select_from(Post)) or 0


def _found(
    wish: Wish, phrases: Sequence[Phrase], viewer: User | None, now: datetime, *, every: bool
) -> Found:
    if not phrases:
        return Found([], [])
    end = None if viewer and viewer.may_write else end_of(now)
    asked = Ask(phrases, _marks(wish, viewer), every=every, in_title=wish.in_title, end=end)
    newest = _dialect().newest(asked, _is_readable_by(viewer, now), MOST_RANKED + 1)
    ranked = newest[:MOST_RANKED]
    best = fitting(ranked, phrases, every=every, in_title=wish.in_title)
    return Found(best, phrases, is_loose=not every, is_cut=len(newest) > MOST_RANKED)


def _marks(wish: Wish, viewer: User | None) -> list[str]:
    """What the index narrows by, so that it is not walked past what is not wanted."""
    return [
        *([] if viewer and viewer.may_write else [PUBLIC]),
        *([category_mark(wish.category_id)] if wish.category_id else []),
        *([author_mark(wish.author_id)] if wish.author_id else []),
    ]


def _is_readable_by(viewer: User | None, now: datetime) -> ColumnElement[bool]:
    """Whether the post itself says so, and now."""
    if viewer is None or not viewer.may_write:
        return is_public(now)
    return or_(is_public(now), and_(is_editable_by(viewer), Post.status != PostStatus.TRASHED))


def _dialect() -> ModuleType:
    return postgresql if db.engine.dialect.name == "postgresql" else sqlite
