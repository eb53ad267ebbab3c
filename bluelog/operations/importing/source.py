"""A database of the original Bluelog or of its second edition, as typed rows."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from bluelog.operations.importing.connection import Connection, SourceError, connect
from bluelog.operations.importing.values import flag, moment, number, text, words

Reader = Callable[[Any], Any]
T = TypeVar("T")

FIRST, SECOND = "bluelog-1", "bluelog-2"
EDITIONS = {FIRST: "Bluelog, first edition", SECOND: "Bluelog, second edition"}


@dataclass(frozen=True, slots=True)
class Admin:
    """The administrator and the settings, which share a row there."""

    id: int
    username: str
    password_hash: str
    name: str
    blog_title: str
    blog_sub_title: str
    about: str
    custom_footer: str
    custom_css: str
    custom_js: str


@dataclass(frozen=True, slots=True)
class Category:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    id: int
    title: str
    body: str
    created_at: datetime | None
    updated_at: datetime | None
    can_comment: bool
    category_id: int | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with what decides about its place: the post and the state of its parent."""

    id: int
    author: str
    email: str
    site: str
    body: str
    from_admin: bool
    reviewed: bool
    created_at: datetime | None
    replied_id: int | None
    post_id: int | None
    parent_id: int | None
    parent_post_id: int | None
    parent_reviewed: bool


@dataclass(frozen=True, slots=True)
class Link:
    id: int
    name: str
    url: str


_READERS: dict[str, dict[str, Reader]] = {
    "admin": {
        "id": number,
        "username": words,
        "password_hash": words,
        "name": words,
        "blog_title": words,
        "blog_sub_title": words,
        "about": text,
        "custom_footer": text,
        "custom_css": text,
        "custom_js": text,
    },
    "category": {"id": number, "name": words},
    "post": {
        "id": number,
        "title": words,
        "body": text,
        "created_at": moment,
        "updated_at": moment,
        "can_comment": flag,
        "category_id": number,
    },
    "comment": {
        "id": number,
        "author": words,
        "email": words,
        "site": words,
        "body": text,
        "from_admin": flag,
        "reviewed": flag,
        "created_at": moment,
        "replied_id": number,
        "post_id": number,
    },
    "link": {"id": number, "name": words, "url": words},
}
_PARENT: dict[str, Reader] = {"id": number, "post_id": number, "reviewed": flag}
_SECOND_ONLY = {"updated_at", "custom_footer", "custom_css", "custom_js"}


class Source:
    """What can be asked of the other blog. Lists come in the order of their ids, but comments."""

    def __init__(self, connection: Connection) -> None:
        """Raises SourceError for a database of anything else."""
        self._connection = connection
        self._columns = {table: connection.columns(table) for table in _READERS}
        self.edition = SECOND if "created_at" in self._columns["post"] else FIRST
        self._check()
        self.admin = self._administrator()

    @property
    def edition_name(self) -> str:
        return EDITIONS[self.edition]

    def count(self, table: str) -> int:
        rows = self._connection.rows(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - our names
        return int(next(iter(rows))[0])

    def categories(self) -> Iterator[Category]:
        return self._all("category", Category)

    def posts(self) -> Iterator[Post]:
        return self._all("post", Post)

    def links(self) -> Iterator[Link]:
        return self._all("link", Link)

    def comments(self) -> Iterator[Comment]:
        """The comments by their time, the undated first, each after the one that it answers."""
        time = f't."{self._here("comment", "created_at")}"'
        return answered_first(self._comments(f'{time} IS NOT NULL, {time}, t."id"'))

    def _comments(self, order: str) -> Iterator[Comment]:
        parents = ", ".join(f'p."{column}"' for column in _PARENT)
        query = (
            f'SELECT {self._select("comment")}, {parents} FROM "comment" t '  # noqa: S608 - our names
            f'LEFT JOIN "comment" p ON p."id" = t."replied_id" ORDER BY {order}'
        )
        readers = [*_READERS["comment"].values(), *_PARENT.values()]
        return self._read(query, readers, Comment)

    def anchors(self) -> list[str]:
        """Marks that tell this blog from any other, wherever its database lies.

        One of them stays when the password is changed, or the first post or comment deleted.
        """
        post, comment = next(self.posts(), None), next(self._comments('t."id"'), None)
        marks = [("password", self.admin.password_hash)] if self.admin.password_hash else []
        marks += [("post", _trace(post))] if post and post.created_at else []
        marks += [("comment", _trace(comment))] if comment and comment.created_at else []
        marks = marks or [("username", self.admin.username)]
        return [sha256(":".join(mark).encode()).hexdigest() for mark in marks]

    def _check(self) -> None:
        missing = [
            f"{table}.{self._here(table, column)}"
            for table, readers in _READERS.items()
            for column in readers
            if self._here(table, column) not in self._columns[table] | _SECOND_ONLY
        ]
        if missing:
            shown = ", ".join(missing[:5]) + (" ..." if len(missing) > 5 else "")  # noqa: PLR2004
            raise SourceError(
                "This is no database of the original Bluelog or of its second edition. "
                f"Missing there: {shown}."
            )

    def _administrator(self) -> Admin:
        admin = next(self._all("admin", Admin), None)
        if admin is None or not admin.username:
            raise SourceError("The source has no administrator, so its posts have no author.")
        return admin

    def _all(self, table: str, row: type[T]) -> Iterator[T]:
        query = f'SELECT {self._select(table)} FROM "{table}" t ORDER BY t."id"'  # noqa: S608 - ours
        return self._read(query, list(_READERS[table].values()), row)

    def _select(self, table: str) -> str:
        names = (self._here(table, column) for column in _READERS[table])
        return ", ".join(f't."{n}"' if n in self._columns[table] else "NULL" for n in names)

    def _here(self, table: str, column: str) -> str:
        is_time = column == "created_at" and "created_at" not in self._columns[table]
        return "timestamp" if is_time else column

    def _read(self, query: str, readers: list[Reader], row: type[T]) -> Iterator[T]:
        for values in self._connection.rows(query):
            pairs = zip(readers, values, strict=True)
            yield row(*(reader(value) for reader, value in pairs))


def answered_first(comments: Iterable[Comment]) -> Iterator[Comment]:
    """Hold answers back until what they answer has come; those that answer in a ring come last."""
    come: set[int] = set()
    held: defaultdict[int, list[Comment]] = defaultdict(list)
    for comment in comments:
        if comment.parent_id is not None and comment.parent_id not in come:
            held[comment.parent_id].append(comment)
            continue
        ready = deque([comment])
        while ready:
            following = ready.popleft()
            come.add(following.id)
            yield following
            ready.extend(held.pop(following.id, ()))
    for answers in held.values():
        yield from answers


def _trace(row: Post | Comment) -> str:
    return f"{row.id}:{row.created_at}"


@contextmanager
def opened(address: str) -> Iterator[Source]:
    """Open the database at a URL or path, and close it again. Raises SourceError."""
    connection = connect(address)
    try:
        yield Source(connection)
    finally:
        connection.close()
