"""Saying, approving, removing."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from bluelog.errors import LimitReached, NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.models import AuditEvent, Comment, Post
from bluelog.queries import comments as queries
from bluelog.queries import conversations
from bluelog.queries.paging import Window
from bluelog.services import changes, comments
from bluelog.services.comments import Guest, Words
from tests.browsing import browser
from tests.browsing import post as send
from tests.conftest import NOW
from tests.making import make_comment, make_post

GRETA = Guest("Greta", "greta@example.org")


def say(post: Post, body: str = "Well said.", by=GRETA, **more) -> Comment:
    words = Words(post.id, body, more.pop("stamp", "stamp"), **more)
    receipt = comments.submit(words, by=by, address="192.0.2.7", at=NOW)
    return db.session.get_one(Comment, receipt.comment_id)


@pytest.fixture
def post(cast: SimpleNamespace) -> Post:
    return make_post(cast.alice)


def plain(html: str) -> str:
    """What the page shows of a comment, without its paragraph."""
    return html.removeprefix("<p>").removesuffix("</p>")


def shown(post: Post) -> list[str]:
    return [plain(comment.html) for comment in conversations.public_page(post.id, Window(15)).items]


def test_a_guest_waits_and_a_writer_does_not(cast: SimpleNamespace, post: Post) -> None:
    assert say(post, "Waiting").status == "pending"
    assert say(post, "Waiting too", by=cast.rita).status == "pending"
    assert say(post, "At once", by=cast.eve).status == "approved"
    assert shown(post) == ["At once"]
    db.session.refresh(post)
    assert post.comment_count == 1


def test_the_same_words_on_the_same_form_are_one_comment(post: Post) -> None:
    assert say(post).id == say(post).id
    assert say(post, stamp="another day").id != say(post).id


def test_a_writer_whose_words_come_again_is_answered_as_before(
    cast: SimpleNamespace, post: Post
) -> None:
    first = say(post, by=cast.eve)
    post.comments_open = False
    db.session.commit()
    assert say(post, by=cast.eve).id == first.id
    with pytest.raises(RuleBroken):
        say(post, "Other words.", by=cast.eve)


def test_a_reply_needs_an_approved_parent_on_the_same_post(
    cast: SimpleNamespace, post: Post
) -> None:
    other = make_post(cast.alice, "Another post")
    hidden = make_comment(post, status="pending")
    elsewhere = make_comment(other)
    for parent in (hidden.id, elsewhere.id, 12345):
        with pytest.raises(RuleBroken):
            say(post, "Reply", parent_id=parent)
    parent = make_comment(post)
    reply = say(post, "Reply", parent_id=parent.id)
    assert (reply.parent_id, reply.thread_id) == (parent.id, parent.id)


def test_closed_comments_are_closed_to_a_post_sent_by_hand(post: Post) -> None:
    post.comments_open = False
    db.session.commit()
    with pytest.raises(RuleBroken):
        say(post)
    assert db.session.scalar(db.select(db.func.count()).select_from(Comment)) == 0


def test_what_is_not_public_takes_no_comment(cast: SimpleNamespace) -> None:
    for status in ("draft", "pending", "private", "trashed"):
        hidden = make_post(cast.alice, f"Hidden {status}", status=status)
        with pytest.raises(NotFound):
            say(hidden)


def test_markup_in_a_comment_is_text(post: Post) -> None:
    assert "<script" not in say(post, "<script>alert(1)</script>").html


def test_a_guest_who_says_too_much_is_slowed_down(post: Post) -> None:
    for number in range(6):
        say(post, f"Comment {number}")
    with pytest.raises(LimitReached) as limit:
        say(post, "And one more thing")
    assert limit.value.retry_after > 0
    assert say(post, "Comment 3").body == "Comment 3"


def test_authors_moderate_their_own_posts_only(cast: SimpleNamespace, post: Post) -> None:
    comment = make_comment(post, status="pending")
    for stranger in (cast.bob, cast.carol, cast.rita):
        with pytest.raises(NotFound):
            comments.approve([comment.id], by=stranger, at=NOW)
    assert comments.approve([comment.id], by=cast.alice, at=NOW) == 1
    db.session.refresh(post)
    assert (shown(post), post.comment_count) == (["Well said."], 1)
    assert comments.approve([comment.id], by=cast.eve, at=NOW) == 0


def test_moderation_in_bulk_is_undone_in_one_go(cast: SimpleNamespace, post: Post) -> None:
    said = [make_comment(post, f"{n}", status=s) for n, s in enumerate(("pending", "approved"))]
    comments.mark_spam([comment.id for comment in said], by=cast.eve, at=NOW)
    db.session.refresh(post)
    assert (shown(post), post.comment_count) == ([], 0)
    act = db.session.scalars(db.select(AuditEvent)).one()
    changes.reverse(act.id, by=cast.eve, at=NOW)
    changes.reverse(act.id, by=cast.eve, at=NOW)
    db.session.expire_all()
    assert [comment.status for comment in said] == ["pending", "approved"]
    assert post.comment_count == 1


def test_an_undo_leaves_alone_what_somebody_decided_since(
    cast: SimpleNamespace, post: Post
) -> None:
    states = ("pending", "trashed", "pending", "pending")
    said = [make_comment(post, f"{n}", status=s) for n, s in enumerate(states)]
    comments.approve([comment.id for comment in said], by=cast.eve, at=NOW)
    act = db.session.scalars(db.select(AuditEvent)).one()
    comments.mark_spam([said[0].id], by=cast.ada, at=NOW)
    comments.hold([said[3].id], by=cast.ada, at=NOW)
    reversal = changes.reverse(act.id, by=cast.eve, at=NOW)
    assert reversal == changes.Reversal(done=3, left=1)
    db.session.expire_all()
    assert [comment.status for comment in said] == ["spam", "trashed", "pending", "pending"]
    assert post.comment_count == 0


def test_who_undoes_is_told_what_stays_as_it_is(
    context: Flask, cast: SimpleNamespace, post: Post
) -> None:
    said = [make_comment(post, f"{n}", status="pending") for n in range(2)]
    comments.approve([comment.id for comment in said], by=cast.eve, at=NOW)
    act = db.session.scalars(db.select(AuditEvent)).one()
    comments.mark_spam([said[0].id], by=cast.ada, at=NOW)
    eve, address = browser(context, "eve"), f"/admin/changes/{act.id}/reversal"
    page = send(eve, address, follow_redirects=True).text
    assert "One was changed by somebody since" in page
    assert "It is as it was before." in page


def test_a_removed_comment_with_a_reply_keeps_its_place(cast: SimpleNamespace, post: Post) -> None:
    parent = make_comment(post, "Gone")
    make_comment(post, "Answer", parent_id=parent.id)
    lonely = make_comment(post, "Gone too")
    comments.trash([parent.id, lonely.id], by=cast.eve, at=NOW)
    listed = conversations.public_page(post.id, Window(15)).items
    assert [(plain(c.html), c.is_approved) for c in listed] == [("Gone", False), ("Answer", True)]


def test_threads_stay_together_and_page_by_position(post: Post) -> None:
    first = make_comment(post, "1")
    make_comment(post, "2")
    make_comment(post, "1.1", parent_id=first.id)
    one = conversations.public_page(post.id, Window(2))
    two = conversations.public_page(post.id, Window(2, after=one.after))
    assert [plain(c.html) for c in one.items] == ["1", "1.1"]
    assert [plain(c.html) for c in two.items] == ["2"]
    assert (one.before, two.after) == (None, None)
    back = conversations.public_page(post.id, Window(2, before=two.before))
    assert [plain(c.html) for c in back.items] == ["1", "1.1"]
    last = conversations.public_page(post.id, Window(2, before="end"))
    assert [plain(c.html) for c in last.items] == ["1.1", "2"]


def test_a_permalink_leads_to_a_page_that_shows_the_comment(post: Post) -> None:
    roots = [make_comment(post, f"root {n}") for n in range(4)]
    replies = [make_comment(post, f"reply {n}", parent_id=roots[1].id) for n in range(9)]
    for comment in (*roots, *replies):
        place = queries.place_of(comment, 3)
        items = conversations.public_page(post.id, Window(3, after=place)).items
        assert comment.id in [c.id for c in items]


def test_a_reader_takes_back_what_she_said_and_nobody_elses(
    cast: SimpleNamespace, post: Post
) -> None:
    own = make_comment(post, user_id=cast.rita.id)
    with pytest.raises(NotFound):
        comments.withdraw(own.id, by=cast.bob, at=NOW)
    comments.withdraw(own.id, by=cast.rita, at=NOW)
    assert shown(post) == []


def test_approve_all_takes_only_what_is_the_moderators(cast: SimpleNamespace, post: Post) -> None:
    bobs = make_post(cast.bob, "By Bob")
    make_comment(post, "for alice", status="pending")
    make_comment(bobs, "for bob", status="pending")
    assert comments.approve_all(by=cast.bob, at=NOW + timedelta(hours=1)) == 1
    assert (shown(post), shown(bobs)) == ([], ["for bob"])
