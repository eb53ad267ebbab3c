"""What is asked of the list of posts, as its address says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, request

from bluelog.models import Category, PostKind, PostStatus, Tag, User
from bluelog.queries import frame, people, tags
from bluelog.queries.managed import Wish
from bluelog.queries.word_search import words_of
from bluelog.text.ids import id_in
from bluelog.text.months import month_span
from bluelog.text.wall_time import FIRST_YEAR, LAST_YEAR
from bluelog.web.visitor import zone

LONGEST_SOUGHT = 200


@dataclass(frozen=True)
class Filters:
    """The wish, and what the page says of it; `values` are those of the address."""

    wish: Wish
    values: dict[str, Any]
    author: User | None = None
    category: Category | None = None
    tag: Tag | None = None
    is_month_wrong: bool = False

    @property
    def is_any(self) -> bool:
        return any(self.values.values())

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked for than one of the places that have their own words when empty."""
        alone = [name for name, value in self.values.items() if value]
        is_place = self.values["status"] == PostStatus.TRASHED or self.values["kind"]
        return len(alone) > bool(is_place)

    def but(self, **other: Any) -> dict[str, Any]:
        """The address's values with some of them changed."""
        return self.values | other


def asked_filters(person: User) -> Filters:
    """The filters of the address; 404 for a state, kind, person, category or tag that is none."""
    status, kind = _one_of("status", PostStatus), _one_of("kind", PostKind)
    author, category, tag = _author(person), _category(), _tag()
    sought = request.args.get("q", "").strip()[:LONGEST_SOUGHT]
    typed = request.args.get("month", "").strip()
    month = _month(typed)
    author_id, category_id, tag_id = map(_id, (author, category, tag))
    values = {"status": status, "kind": kind, "author": author_id, "category": category_id}
    values |= {"tag": tag_id, "month": typed if month else None, "q": sought or None}
    wish = Wish(status, kind, author_id, category_id, tag_id, month, words_of(sought))
    return Filters(wish, values, author, category, tag, bool(typed and not month))


def _id(thing: Any) -> int | None:
    return thing.id if thing else None


def _one_of(name: str, known: Iterable[str]) -> str | None:
    value = request.args.get(name) or None
    if value not in (None, *known):
        abort(404)
    return value


def _author(person: User) -> User | None:
    """Only who edits what others wrote has something to choose from."""
    author_id = id_in(request.args.get("author"))
    if not author_id or not person.may_edit_everything:
        return None
    return people.author_by_id(author_id) or abort(404)


def _category() -> Category | None:
    category_id = id_in(request.args.get("category"))
    return frame.category(category_id) or abort(404) if category_id else None


def _tag() -> Tag | None:
    tag_id = id_in(request.args.get("tag"))
    return tags.tag(tag_id) or abort(404) if tag_id else None


def _month(typed: str) -> tuple[datetime, datetime] | None:
    """Its first moment, and the first of the next, in the site's zone."""
    year, _, month = typed.partition("-")
    if not (year.isascii() and month.isascii() and year.isdigit() and month.isdigit()):
        return None
    if len(typed) > len("2027-03") or not FIRST_YEAR <= int(year) < LAST_YEAR:
        return None
    try:
        return month_span(int(year), int(month), zone())
    except ValueError:
        return None
