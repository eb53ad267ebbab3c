"""What a page shows of posts that were found."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from bluelog.extensions import db
from bluelog.models import Category, Post, PostKind, User
from bluelog.queries.names import Name
from bluelog.queries.posts import authors_of, is_public
from bluelog.text.search import spelling
from bluelog.text.search.question import Phrase, Question
from bluelog.text.search.ranking import Candidate
from bluelog.text.search.snippets import LONGEST, marked, snippet

# Titles from which is guessed what was meant, the newest ones; and ways to narrow that are offered.
KNOWN_TITLES = 500
MOST_CHOICES = 8
_NOT_SHOWN = (Post.source, Post.html, Post.plain)


@dataclass(frozen=True)
class Result:
    """A post as a list shows it, with what was looked for marked."""

    post: Post
    authors: list[Name]
    title: Markup
    snippet: Markup | None


@dataclass(frozen=True)
class Choice:
    """A category or an author, and how many of what was found are theirs."""

    id: int
    address: str
    name: str
    count: int


def results(found: Sequence[Candidate], phrases: Sequence[Phrase]) -> list[Result]:
    """These posts, in this order."""
    ids = [one.post_id for one in found]
    if not ids:
        return []
    begun = func.substr(Post.plain, 1, LONGEST)
    shown = (joinedload(Post.category), *(defer(column, raiseload=True) for column in _NOT_SHOWN))
    query = select(Post, begun).where(Post.id.in_(ids)).options(*shown)
    there = {post.id: (post, plain) for post, plain in db.session.execute(query)}
    authors = authors_of(ids)
    return [
        Result(post, authors.get(post.id, []), marked(post.title, phrases), snippet(plain, phrases))
        for post, plain in (there[id_] for id_ in ids if id_ in there)
    ]


def categories_of(found: Sequence[Candidate]) -> list[Choice]:
    """The categories of what was found, the largest first."""
    return _choices(found, "c", select(Category.id, Category.slug, Category.name), Category.id)


def authors_among(found: Sequence[Candidate]) -> list[Choice]:
    """The authors of what was found, who wrote most of it first."""
    named = func.coalesce(func.nullif(User.name, ""), User.username)
    query = select(User.id, User.username, named).where(User.username.is_not(None))
    return _choices(found, "u", query, User.id)


def meant(asked: Question, names: Sequence[str], now: datetime) -> str | None:
    """What may have been meant, by the newest titles and names such as categories have."""
    newest = (Post.published_at.desc(), Post.id.desc())
    query = select(Post.title).where(Post.kind == PostKind.POST, is_public(now))
    titles = db.session.scalars(query.order_by(*newest).limit(KNOWN_TITLES))
    return spelling.meant(asked, [*names, *titles])


def _choices(found: Sequence[Candidate], kind: str, query: Any, key: Any) -> list[Choice]:
    counts = Counter(mark for one in found for mark in one.marks.split() if mark[0] == kind)
    most = {int(m[1:]): n for m, n in counts.most_common(MOST_CHOICES) if m[1:].isdigit()}
    rows = db.session.execute(query.where(key.in_(most))) if most else ()
    choices = [Choice(id_, address, name, most[id_]) for id_, address, name in rows]
    return sorted(choices, key=lambda choice: (-choice.count, choice.name))
