"""What becomes of spam and trash."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.jobs import due
from bluelog.models import AuditEvent, Comment, CommentStatus, Post
from bluelog.queries import comments as queries
from bluelog.queries import conversations
from bluelog.queries.paging import Window
from bluelog.services import changes, comments, overdue
from tests.conftest import NOW
from tests.making import make_comment, make_post

LATER = NOW + overdue.TRASH_KEPT + timedelta(minutes=1)


@pytest.fixture
def post(cast: SimpleNamespace) -> Post:
    return make_post(cast.alice)


def left() -> list[int]:
    return list(db.session.scalars(db.select(Comment.id).order_by(Comment.id)))


@pytest.mark.parametrize("verb", [comments.trash, comments.mark_spam])
def test_is_deleted_after_thirty_days(
    cast: SimpleNamespace, post: Post, verb: Callable[..., int]
) -> None:
    gone, kept = make_comment(post).id, make_comment(post).id
    verb([gone], by=cast.eve, at=NOW)
    assert overdue.purge_comments(NOW + overdue.TRASH_KEPT) == 0
    assert overdue.purge_comments(LATER) == 1
    assert left() == [kept]


def test_is_cleared_out_by_the_worker(cast: SimpleNamespace, post: Post) -> None:
    comments.trash([make_comment(post).id], by=cast.eve, at=NOW)
    due.clear_out(LATER)
    assert left() == []


def test_what_was_brought_back_stays(cast: SimpleNamespace, post: Post) -> None:
    held, undone = make_comment(post), make_comment(post)
    comments.trash([held.id], by=cast.eve, at=NOW)
    comments.hold([held.id], by=cast.eve, at=NOW)
    comments.mark_spam([undone.id], by=cast.eve, at=NOW)
    newest = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    changes.reverse(newest.id, by=cast.eve, at=NOW)
    assert overdue.purge_comments(LATER) == 0
    assert left() == [held.id, undone.id]


def test_a_whole_thread_of_trash_goes_at_once(cast: SimpleNamespace, post: Post) -> None:
    root = make_comment(post)
    reply = make_comment(post, parent_id=root.id)
    deeper = make_comment(post, parent_id=reply.id)
    comments.trash([root.id, reply.id, deeper.id], by=cast.eve, at=NOW)
    assert overdue.purge_comments(LATER) == 3
    assert left() == []


@pytest.mark.parametrize("status", ["approved", "pending"])
def test_what_was_answered_holds_its_place_without_a_word(
    cast: SimpleNamespace, post: Post, status: str
) -> None:
    root = make_comment(
        post, "Private", user_id=cast.rita.id, digest="d", site="https://x.example.org"
    )
    between = make_comment(post, "Private", parent_id=root.id)
    answer = make_comment(post, "Answer", parent_id=between.id, status=status)
    comments.trash([root.id, between.id], by=cast.eve, at=NOW)
    assert overdue.purge_comments(LATER) == 2
    db.session.expire_all()
    for comment in (root, between):
        held = (comment.body, comment.html, comment.name, comment.email, comment.site)
        assert held == ("",) * 5
        assert (comment.digest, comment.user_id) == (None, None)
    assert answer.body == "Answer"
    assert overdue.purge_comments(LATER) == 0
    comments.approve([answer.id], by=cast.eve, at=LATER)
    listed = conversations.public_page(post.id, Window(15)).items
    # The first has no answer that shows, so that nothing says that it was there.
    assert [c.id for c in listed] == [between.id, answer.id]


def test_what_is_empty_is_nobodys_to_bring_back_and_goes_with_its_last_answer(
    cast: SimpleNamespace, post: Post
) -> None:
    root = make_comment(post).id
    answer = make_comment(post, parent_id=root).id
    comments.trash([root], by=cast.eve, at=NOW)
    overdue.purge_comments(LATER)
    with pytest.raises(NotFound):
        comments.approve([root], by=cast.eve, at=LATER)
    assert [c.id for c in queries.moderated_page(cast.eve, Window(15)).items] == [answer]
    trashed = queries.moderated_page(cast.eve, Window(15), status=CommentStatus.TRASHED)
    assert trashed.items == []
    comments.trash([answer], by=cast.eve, at=LATER)
    overdue.purge_comments(LATER + overdue.TRASH_KEPT + timedelta(minutes=1))
    assert left() == []
