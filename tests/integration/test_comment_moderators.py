"""Whatever happens, each comment has a row that repeats it for each author of its post."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from bluelog.extensions import db
from bluelog.models import Comment, CommentModerator, CommentStatus, Post, PostAuthor, User
from bluelog.operations.demo.forge import forge_demo
from bluelog.queries import comments as queries
from bluelog.queries.paging import Window
from bluelog.services import changes, comments, overdue
from bluelog.services.comments import Words
from tests.changes import AGAIN, SEEN, UNSEEN
from tests.conftest import NOW
from tests.databases import Databases
from tests.doing import Doing, committed
from tests.integration.importing.sources import furnish, on_file
from tests.integration.importing.steps import bring
from tests.making import make_comment, make_post
from tests.racing import at_once
from tests.stage import Stage, staged

CHANGES = SEEN | UNSEEN
LATER = NOW + overdue.TRASH_KEPT + timedelta(minutes=1)


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("moderators")) as stage:
        yield stage


def out_of_step() -> set[tuple[object, ...]]:
    """Rows that are there and should not be, and that should be there and are not."""
    db.session.rollback()
    said = db.select(PostAuthor.user_id, Comment.id, Comment.status, Comment.from_staff).join(
        Comment, Comment.post_id == PostAuthor.post_id
    )
    kept = db.select(*CommentModerator.__table__.columns)
    there, wanted = (set(map(tuple, db.session.execute(query))) for query in (kept, said))
    db.session.rollback()
    return there ^ wanted


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_leaves_them_in_step(stage: Stage, name: str) -> None:
    with stage.app.app_context():
        CHANGES[name](Doing(stage))
        assert out_of_step() == set()
    stage.restore()


@pytest.mark.parametrize("name", AGAIN)
def test_every_change_after_another_leaves_them_in_step(stage: Stage, name: str) -> None:
    with stage.app.app_context():
        for act in AGAIN[name]:
            act(Doing(stage))
            assert out_of_step() == set()
    stage.restore()


MOVES: dict[str, Callable[[Doing], object]] = {
    "a comment on another post": lambda do: committed(post_id=do.id("alices_published"))(do.reply),
    "a comment on another post and decided about": lambda do: committed(
        post_id=do.id("alices_published"), status="spam"
    )(do.reply),
    "a comment of staff": lambda do: committed(from_staff=True)(do.reply),
    "an author less": lambda do: (db.session.delete(of_bobs(do)), db.session.commit()),
    "another author": lambda do: committed(user_id=do.id("alice"))(of_bobs(do)),
    "an author of another post": lambda do: committed(post_id=do.id("alices_published"))(
        of_bobs(do)
    ),
    "an author, a post's comment and its status at once": lambda do: (
        db.session.add(PostAuthor(post_id=do.id("bobs_published"), user_id=do.id("alice"))),
        db.session.add(spoken(do)),
        setattr(do.reply, "status", "trashed"),
        db.session.commit(),
    ),
    "a comment is deleted": lambda do: (db.session.delete(do.reply), db.session.commit()),
    "what is rolled back": lambda do: (
        setattr(do.reply, "status", "spam"),
        db.session.flush(),
        db.session.rollback(),
    ),
}


def of_bobs(do: Doing) -> PostAuthor:
    return db.session.get_one(PostAuthor, (do.id("bobs_published"), do.id("bob")))


def spoken(do: Doing) -> Comment:
    return Comment(post_id=do.id("bobs_published"), body="x", html="x", created_at=NOW)


@pytest.mark.parametrize("name", MOVES)
def test_no_row_is_left_behind(stage: Stage, name: str) -> None:
    with stage.app.app_context():
        MOVES[name](Doing(stage))
        assert out_of_step() == set()
    stage.restore()


def test_a_row_that_is_out_of_step_is_found(stage: Stage) -> None:
    with stage.app.app_context():
        db.session.execute(db.delete(CommentModerator))
        db.session.commit()
        assert out_of_step()
    stage.restore()


def test_what_is_brought_in_is_in_step(stage: Stage, tmp_path: Path) -> None:
    other = furnish(on_file(tmp_path / "old.db"))
    with stage.app.app_context(), closing(other):
        before = many()
        bring(other)
        assert many() > before
        assert out_of_step() == set()
    stage.restore()


def test_the_demo_is_in_step(app: Flask) -> None:
    with app.app_context():
        forge_demo(NOW)
        assert many()
        assert out_of_step() == set()


def test_an_account_takes_its_rows_along(cast: SimpleNamespace) -> None:
    post = make_post(cast.alice)
    make_comment(post)
    db.session.execute(db.delete(PostAuthor))  # or the account could not go
    assert many() == 1
    db.session.execute(db.delete(User).where(User.id == cast.alice.id))
    assert many() == 0


def test_more_than_one_statement_names_are_in_step(cast: SimpleNamespace) -> None:
    post = make_post(cast.alice)
    db.session.add_all(
        Comment(post_id=post.id, body="x", html="x", created_at=NOW) for _ in range(1200)
    )
    db.session.commit()
    assert out_of_step() == set()
    assert comments.approve_all(by=cast.alice, at=NOW) == 1200
    assert out_of_step() == set()
    act = db.session.scalars(db.select(changes.AuditEvent.id)).one()
    changes.reverse(act, by=cast.alice, at=NOW)
    assert queries.moderated_counts(cast.alice) == {"pending": 1001}
    assert out_of_step() == set()


def test_what_is_purged_is_in_step(cast: SimpleNamespace) -> None:
    post = make_post(cast.alice)
    root = make_comment(post)
    answer, lonely = make_comment(post, parent_id=root.id), make_comment(post)
    comments.trash([root.id, lonely.id], by=cast.alice, at=NOW)
    overdue.purge_comments(LATER)
    statuses = db.session.scalars(db.select(CommentModerator.status))
    assert sorted(statuses) == ["approved", "emptied"]
    assert out_of_step() == set()
    assert [c.id for c in listed(cast.alice)] == [answer.id]
    assert listed(cast.alice, status=CommentStatus.TRASHED) == []


def test_deciding_and_answering_at_once_leaves_them_in_step(
    site: Flask, cast: SimpleNamespace
) -> None:
    post_id = make_post(cast.alice).id
    people = {name: getattr(cast, name).id for name in ("alice", "eve", "bob", "rita")}
    for number in range(5):
        post = db.session.get_one(Post, post_id)
        ids = [make_comment(post, status="pending").id for _ in range(4)]

        def by(name: str, act: Callable[[User], object]) -> Callable[[], object]:
            return lambda: act(db.session.get_one(User, people[name]))

        def say(name: str, number: int = number) -> Callable[[], object]:
            words = Words(post_id, f"Word {number}", "stamp")
            return by(name, lambda who: comments.submit(words, by=who, address="::1", at=NOW))

        def decide(name: str, verb: Any, some: list[int]) -> Callable[[], object]:
            return by(name, lambda who: verb(some, by=who, at=NOW))

        done = at_once(
            site,
            by("alice", lambda who: comments.approve_all(by=who, at=NOW)),
            decide("alice", comments.trash, ids[1:]),
            decide("eve", comments.mark_spam, ids[:3]),
            say("bob"),
            say("rita"),
        )
        assert [each for each in done if isinstance(each, Exception)] == []
        assert out_of_step() == set()


def test_an_author_is_listed_what_was_said_under_own_posts(cast: SimpleNamespace) -> None:
    own, others = make_post(cast.alice, "Own"), make_post(cast.bob, "Others")
    for status in CommentStatus:
        make_comment(own, f"{status}", status=status)
        make_comment(others, f"{status}", status=status)
    make_comment(own, "staff", user_id=cast.bob.id, from_staff=True)
    assert bodies(cast.alice) == ["staff", "approved", "pending"]
    assert bodies(cast.alice, staff=True) == ["staff"]
    for status in ("pending", "spam", "trashed"):
        assert bodies(cast.alice, status=status) == [status]
    assert queries.moderated_counts(cast.alice) == dict.fromkeys(("pending", "spam", "trashed"), 1)
    assert queries.pending_count(cast.alice) == 1
    assert len(bodies(cast.eve)) == 5
    assert queries.pending_count(cast.eve) == 2


def test_the_pages_of_an_authors_list_follow_each_other(cast: SimpleNamespace) -> None:
    post = make_post(cast.alice)
    for number in range(5):
        make_comment(post, f"{number}")
        make_comment(make_post(cast.bob, f"Of Bob {number}"))
    first = queries.moderated_page(cast.alice, Window(2))
    second = queries.moderated_page(cast.alice, Window(2, after=first.after))
    assert [c.body for c in (*first.items, *second.items)] == ["4", "3", "2", "1"]
    back = queries.moderated_page(cast.alice, Window(2, before=second.before))
    assert [c.body for c in back.items] == ["4", "3"]
    # An editor's list has the same positions.
    assert queries.moderated_page(cast.eve, Window(2, after=first.after)).items


def test_a_contributor_decides_about_nothing(cast: SimpleNamespace) -> None:
    make_comment(make_post(cast.carol), status="pending")
    assert listed(cast.carol) == []
    assert queries.pending_count(cast.carol) == 0
    assert comments.approve_all(by=cast.carol, at=NOW) == 0


def many() -> int:
    return db.session.scalar(db.select(db.func.count(CommentModerator.comment_id))) or 0


def listed(user: User, **which: object) -> list[Comment]:
    return list(queries.moderated_page(user, Window(20), **which).items)  # type: ignore[arg-type]


def bodies(user: User, **which: object) -> list[str]:
    return [comment.body for comment in listed(user, **which)]
