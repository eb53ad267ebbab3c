"""Whether everything that is kept beside the posts says of them what they say themselves."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bluelog.extensions import db
from bluelog.models import (
    PUBLIC_STATUSES,
    Category,
    Post,
    PostAuthor,
    PostStatus,
    PostTag,
    Redirect,
    Role,
    Series,
    Site,
    Tag,
    User,
)
from bluelog.queries import archive, frame, home, posts, search, series, tags
from bluelog.queries.paging import Page, Window
from bluelog.queries.people import public_writers
from bluelog.text.months import month_of, month_span, year_span
from bluelog.text.search.question import question
from bluelog.text.urls import post_path

ALL = Window(100)
_UNPUBLISHED = (PostStatus.DRAFT, PostStatus.PENDING)


class Fact(NamedTuple):
    """What a post says of itself."""

    id: int
    kind: str
    slug: str
    title: str
    status: str
    published_at: datetime | None
    category_id: int | None
    series_id: int | None
    part: int | None
    parent_slug: str | None
    is_public: bool
    authors: frozenset[int]
    tags: frozenset[int]

    @property
    def address(self) -> str:
        return post_path(self.kind, self.slug, self.parent_slug)

    @property
    def words(self) -> set[str]:
        return set(self.title.lower().split())


class Facts:
    """All posts as of one moment."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        authors, tagged = _pairs(PostAuthor.user_id), _pairs(PostTag.tag_id)
        columns = [getattr(Post, name) for name in Fact._fields[:10]]
        self.all: list[Fact] = []
        for row in db.session.execute(db.select(*columns)):
            shown = row.status in PUBLIC_STATUSES and row.published_at <= at
            people = frozenset(user for post, user in authors if post == row.id)
            its = frozenset(tag for post, tag in tagged if post == row.id)
            self.all.append(Fact(*row, shown, people, its))
        self.public = [fact for fact in self.all if fact.is_public]
        newest = [fact for fact in self.public if fact.kind == "post"]
        self.listed = sorted(newest, key=lambda f: (f.published_at, f.id), reverse=True)
        self.words = sorted({word for fact in self.all for word in fact.words})

    def ids(self, **values: Any) -> list[int]:
        """The public posts of which all of this is so, newest first."""
        wanted = values.items()
        return [f.id for f in self.listed if all(getattr(f, key) == v for key, v in wanted)]


def _pairs(other: Any) -> list[tuple[int, int]]:
    rows = db.session.execute(db.select(other.class_.post_id, other))
    return [(post_id, other_id) for post_id, other_id in rows]


def disagreements(facts: Facts, words: Iterable[str]) -> Iterator[str]:
    """Everything that tells of the posts what is not so; `words` are looked for by people."""
    site = db.session.scalars(db.select(Site)).one()
    checks = {
        "search": _search(facts, words),
        "archive": _archive(facts, ZoneInfo(site.time_zone)),
        "categories": _categories(facts),
        "tags": _tags(facts),
        "series": _series(facts),
        "authors": _authors(facts),
        "feed": [("all", _ids(posts.public_page(facts.at, ALL)), facts.ids())],
        "home": _home(facts),
    }
    for name, pairs in checks.items():
        for what, found, wanted in pairs:
            if found != wanted:
                yield f"{name}, {what}: {found} instead of {wanted}"


Pairs = Iterator[tuple[Any, Any, Any]]


def _search(facts: Facts, words: Iterable[str]) -> Pairs:
    for word in facts.words:
        yield f"a guest, {word}", _titled(word, None, facts.at), _with(word, facts.public)
    for name in ("alice", "eve"):
        person = db.session.scalars(db.select(User).where(User.username == name)).one()
        readable = [fact for fact in facts.all if _may_read(person, fact)]
        for word in words:
            yield f"{name}, {word}", _titled(word, person, facts.at), _with(word, readable)


def _titled(word: str, viewer: User | None, at: datetime) -> list[int]:
    found = search.find(search.Wish(question(word), in_title=True), viewer, at)
    return sorted(candidate.post_id for candidate in found.fitting)


def _with(word: str, among: Iterable[Fact]) -> list[int]:
    return sorted(fact.id for fact in among if word in fact.words)


def _may_read(person: User, fact: Fact) -> bool:
    if fact.is_public:
        return True
    if fact.status == PostStatus.TRASHED or not person.is_active:
        return False
    if person.role in (Role.EDITOR, Role.ADMINISTRATOR):
        return True
    is_own = person.id in fact.authors and fact.kind == "post"
    is_open = person.role == Role.AUTHOR or fact.status in _UNPUBLISHED
    return is_own and is_open and person.role != Role.READER


def _home(facts: Facts) -> Pairs:
    """The pinned posts and all the others, each once."""
    shown = home.home_page(facts.at, ALL)
    others = _ids(shown.page)
    pinned = [card.post.id for card in shown.pinned]
    yield "without the pinned ones", others, [i for i in facts.ids() if i not in pinned]
    yield "with them", sorted([*pinned, *others]), sorted(facts.ids())


def _archive(facts: Facts, zone: ZoneInfo) -> Pairs:
    held: dict[tuple[int, int], list[int]] = {}
    for fact in facts.listed:
        assert fact.published_at is not None
        held.setdefault(month_of(fact.published_at, zone), []).append(fact.id)
    counted = {(m.year, m.month): m.posts for m in archive.months(facts.at, zone)}
    yield "counts", counted, {month: len(ids) for month, ids in held.items()}
    for month, ids in held.items():
        yield month, _ids(archive.span_page(month_span(*month, zone), facts.at, ALL)), ids
    for year in {month[0] for month in held}:
        found = archive.span_page(year_span(year, zone), facts.at, ALL)
        yield year, _ids(found), [i for month, ids in held.items() for i in ids if month[0] == year]


def _categories(facts: Facts) -> Pairs:
    shown = frame.post_counts(frame.shelf(), facts.at)
    kept = Counter(f.category_id for f in facts.all if f.kind == "post" and _is_turned_over(f))
    for category in db.session.scalars(db.select(Category)):
        ids = facts.ids(category_id=category.id)
        yield category.slug, _ids(posts.category_page(category, facts.at, ALL)), ids
        yield f"count of {category.slug}", shown[category.id], len(ids)
        yield f"kept count of {category.slug}", category.post_count, kept[category.id]


def _tags(facts: Facts) -> Pairs:
    kept = Counter(t for f in facts.all if f.kind == "post" and _is_turned_over(f) for t in f.tags)
    for tag in db.session.scalars(db.select(Tag)).all():
        ids = [fact.id for fact in facts.listed if tag.id in fact.tags]
        yield tag.slug, _ids(tags.tag_page(tag, facts.at, ALL)), ids
        found = tags.tag_by_slug(tag.slug, facts.at)
        yield f"count of {tag.slug}", found[1] if found else 0, len(ids)
        yield f"kept count of {tag.slug}", tag.post_count, kept[tag.id]


def _series(facts: Facts) -> Pairs:
    for one in db.session.scalars(db.select(Series)).all():
        parts = [fact for fact in facts.listed if fact.series_id == one.id]
        in_order = [fact.id for fact in sorted(parts, key=lambda f: (f.part, f.id))]
        yield one.slug, _ids(series.series_page(one, facts.at, ALL)), in_order
        yield f"count of {one.slug}", series.public_count(one, facts.at), len(parts)


def _authors(facts: Facts) -> Pairs:
    people = db.session.scalars(db.select(User)).all()
    for person in people:
        ids = [fact.id for fact in facts.listed if person.id in fact.authors]
        yield person.username, _ids(posts.author_page(person, facts.at, ALL)), ids
    named = {id_ for fact in facts.listed for id_ in fact.authors}
    found = set(db.session.scalars(db.select(User.id).where(public_writers(facts.at))))
    yield "who has a list", found, {one.id for one in people if one.may_write and one.id in named}


def _is_turned_over(fact: Fact) -> bool:
    return fact.status == PostStatus.PUBLISHED


def _ids(page: Page[Any]) -> list[int]:
    return [card.post.id for card in page.items]


class Ledger:
    """Every address at which a post ever was public."""

    def __init__(self) -> None:
        self.owners: dict[str, int] = {}

    def note(self, facts: Facts) -> Iterator[str]:
        """Take down what is public now; where another post had been, and is not gone for good."""
        there = {fact.id for fact in facts.all}
        self.owners = {path: id_ for path, id_ in self.owners.items() if id_ in there}
        for fact in facts.public:
            if self.owners.setdefault(fact.address, fact.id) != fact.id:
                yield f"{fact.address} is taken from {self.owners[fact.address]} by {fact.id}"

    def astray(self, facts: Facts) -> Iterator[str]:
        """Addresses that do not lead, by one step, to where their post is now."""
        rows = {row.path: row.target for row in db.session.scalars(db.select(Redirect))}
        public = {fact.id: fact.address for fact in facts.public}
        for path, post_id in self.owners.items():
            here = public.get(post_id)
            if here and path != here and rows.get(path) != here:
                yield f"{path} leads to {rows.get(path)} and not to {here}"
        shown = set(public.values())
        for path, target in rows.items():
            if target in rows and target not in shown and path not in shown:
                yield f"{path} leads to {target}, which leads to {rows[target]}"

    def paths(self) -> list[str]:
        """All that ever led somewhere, and all that do now."""
        return sorted({*self.owners, *db.session.scalars(db.select(Redirect.path))})
