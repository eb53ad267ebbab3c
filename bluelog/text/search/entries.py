"""What the index holds of one post."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bluelog.text.search.tokens import grams, joined, tokens

# The index goes by publication and then by id, in one number: its low bits are the id.
ID_BITS = 31
ID_MASK = 2**ID_BITS - 1
_LATEST = 2**32 - 1
PUBLIC = "public"
# What stands before a gram that is no word of the body: a word of the title, and a mark.
TITLE_GRAM, MARK_GRAM = "=", "#"


class Entry(NamedTuple):
    """Tokens by where they stand, and marks of what lists are narrowed by, with spaces around."""

    post_id: int
    place: int
    title: str
    tags: str
    body: str
    marks: str

    def grams(self) -> list[str]:
        """Everything that an index without places finds it by."""
        title, tags, body = (part.split() for part in (self.title, self.tags, self.body))
        words = {*grams(title), *grams(tags), *grams(body)}
        titled = {TITLE_GRAM + gram for gram in grams(title)}
        return sorted(words | titled | {MARK_GRAM + mark for mark in self.marks.split()})


def entry(
    post: Mapping[str, Any], *, is_public: bool, author_ids: Iterable[int], tags: Iterable[str] = ()
) -> Entry:
    """The entry of a row of posts: `id`, `title`, `plain`, `category_id` and its two dates."""
    return Entry(
        post["id"],
        place_of(post["id"], post["published_at"] or post["created_at"]),
        joined(tokens(post["title"])),
        joined(token for tag in tags for token in tokens(tag)),
        joined(tokens(post["plain"])),
        marks(
            [
                *([PUBLIC] if is_public else []),
                *([category_mark(post["category_id"])] if post["category_id"] else []),
                *map(author_mark, sorted(author_ids)),
            ]
        ),
    )


def marks(each: Iterable[str]) -> str:
    """Marks as the index holds them: one is replaced without looking like part of another."""
    return " " + "".join(f"{mark} " for mark in each)


def category_mark(category_id: int) -> str:
    return f"c{category_id}"


def author_mark(user_id: int) -> str:
    return f"u{user_id}"


def place_of(post_id: int, at: datetime) -> int:
    """Where a post stands among all, the oldest first."""
    return (_second(at) << ID_BITS) + post_id


def end_of(at: datetime) -> int:
    """What the places of all that was published until then are below."""
    return (_second(at) + 1) << ID_BITS


def _second(at: datetime) -> int:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(-_LATEST, min(math.floor(aware.timestamp()), _LATEST))
