"""Whoever does something on the stage, and the ways to do it."""

from collections.abc import Callable
from typing import Any

from bluelog.extensions import db
from bluelog.models import (
    Comment,
    CommentStatus,
    OutgoingMail,
    Post,
)
from bluelog.services import (
    comments,
    overdue,
    posts,
    preferences,
    profiles,
    series,
)
from bluelog.services.comments import Words
from tests.conftest import NOW
from tests.stage import Stage


class Doing:
    """Whoever does something on the stage, and to what."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __getattr__(self, name: str) -> Any:
        table, row_id = self._stage.rows[name]
        models: Any = {m.class_.__tablename__: m.class_ for m in db.Model.registry.mappers}
        return db.session.get(models[table], row_id)

    def id(self, name: str) -> int:
        return self._stage.rows[name][1]

    def content(self, name: str, **values: Any) -> posts.Content:
        post = getattr(self, name)
        given = ("title", "source", "language", "slug", "category_id", "comments_open")
        return posts.Content(**{field: getattr(post, field) for field in given} | values)

    def change(self, name: str, verb: Any = posts.save, **values: Any) -> None:
        post = getattr(self, name)
        content = self.content(name, **values)
        verb(post.id, content, version=post.version, by=self.eve, at=NOW)

    def prefer(self, **values: Any) -> None:
        wanted = preferences.Preferences(**{"title": "The Lantern"} | values)
        preferences.change(wanted, version=self.settings.version, by=self.ada, at=NOW)

    def moderate(self, verb: Any, *names: str) -> None:
        verb([self.id(name) for name in names], by=self.eve, at=NOW)

    def say(self, by: Any, body: str = "A new word") -> Comment:
        words = Words(self.id("bobs_published"), body, "stamp")
        receipt = comments.submit(words, by=by, address="203.0.113.5", at=NOW)
        return db.session.get_one(Comment, receipt.comment_id)


Act = Callable[[Doing], object]


def new(title: str = "Brand new", **values: Any) -> posts.Content:
    return posts.Content(title, "<p>Hello</p>", "en", **values)


def committed(**values: Any) -> Callable[[Any], None]:
    """Change a row without a service, in a session that had let go of what it knew."""

    def change(row: Any) -> None:
        db.session.commit()
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()

    return change


def executed(statement: Any) -> None:
    db.session.execute(statement)
    db.session.commit()


def arranged(do: Doing, **values: Any) -> None:
    given = {"name": "Voyages", "slug": "voyages", "description": "", "order": ()} | values
    series.change(do.id("voyages"), **given, by=do.eve, at=NOW)


def introduced(username: str, /, **values: Any) -> Act:
    def change(do: Doing) -> None:
        person = getattr(do, username)
        given = {"name": person.name, "bio": "", "website": "", "locale": None} | values
        profiles.change_profile(**given, by=person, at=NOW)

    return change


def message() -> OutgoingMail:
    where = {"recipient": "x@example.org", "locale": "en", "message_id": "<x@example.org>"}
    return OutgoingMail(template="new-reply", due_at=NOW, created_at=NOW, **where)


def assign(row: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def with_savepoint(post: Post) -> None:
    post.title = "Kept"
    db.session.flush()
    inner = db.session.begin_nested()
    post.title = "Never"
    db.session.flush()
    inner.rollback()
    db.session.commit()


def emptied(do: Doing) -> None:
    overdue.purge_comments(NOW)
    assert do.ritas_comment.status == CommentStatus.EMPTIED
    # Nothing of it was shown any more; what is left to see is the end of its answer.
    do.moderate(comments.trash, "reply")


# What is to be there first, and what is then done to it.
