"""What is done to several posts at once."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from bluelog.errors import NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.models import AuditEvent, Category, Post, User
from bluelog.queries import frame
from bluelog.services import changes, overdue, several
from bluelog.services.several import Outcome
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post


def test_publishing_several_leaves_what_does_not_fit(cast: SimpleNamespace) -> None:
    draft = make_post(cast.alice, "One", status="draft")
    hidden = make_post(cast.alice, "Two", status="private", published_at=None)
    public = make_post(cast.alice, "Three")
    foreign = make_post(cast.bob, "Four", status="draft")
    planned = make_post(
        cast.alice, "Five", status="scheduled", published_at=NOW + timedelta(hours=1)
    )
    ids = [post.id for post in (draft, hidden, public, foreign, planned)]
    assert several.publish([*ids, 999], by=cast.alice, at=NOW) == Outcome(2, 2, 2)
    found = [db.session.get(Post, id_, populate_existing=True).status for id_ in ids]
    assert found == ["published", "published", "published", "draft", "scheduled"]
    assert (draft.published_at, frame.default_category().post_count) == (NOW, 3)


def test_publishing_several_leaves_what_a_writer_would_be_asked_about(
    site: Flask, cast: SimpleNamespace
) -> None:
    fine = make_post(cast.alice, "Fine", status="draft").id
    key = "AKIA" + "Q3ZK7WTX5MBN2VRD"
    risky = make_post(cast.alice, "Risky", status="draft", plain=key).id
    assert several.publish([fine, risky], by=cast.alice, at=NOW) == Outcome(1, 0, 0, doubted=1)
    assert db.session.get(Post, risky, populate_existing=True).status == "draft"
    alice = browser(site, "alice")
    sent = post(alice, "/admin/posts/publication", {"id": [str(risky)]})
    assert "found something serious" in alice.get(sent.location).text


def test_a_contributor_publishes_none(cast: SimpleNamespace) -> None:
    own = make_post(cast.carol, status="draft")
    assert several.publish([own.id], by=cast.carol, at=NOW) == Outcome(0, 1, 0)


def test_several_become_drafts_and_a_time_to_come_is_forgotten(cast: SimpleNamespace) -> None:
    public = make_post(cast.alice, "One")
    planned = make_post(
        cast.alice, "Two", status="scheduled", published_at=NOW + timedelta(hours=1)
    )
    draft = make_post(cast.alice, "Three", status="draft")
    ids = [public.id, planned.id, draft.id]
    assert several.withdraw(ids, by=cast.alice, at=NOW) == Outcome(2, 1, 0)
    assert (public.status, planned.status, planned.published_at) == ("draft", "draft", None)
    assert frame.default_category().post_count == 0


def test_trash_is_one_act_that_is_undone_as_one(cast: SimpleNamespace) -> None:
    public, draft = make_post(cast.alice, "One"), make_post(cast.alice, "Two", status="draft")
    ids = [public.id, draft.id]
    assert several.trash(ids, by=cast.alice, at=NOW) == Outcome(2, 0, 0)
    assert (public.status, draft.status) == ("trashed", "trashed")
    [act] = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "posts.trashed"))
    assert changes.reverse(act.id, by=cast.alice, at=NOW) == changes.Reversal(2, 0)
    assert (public.status, draft.status) == ("published", "draft")
    assert frame.default_category().post_count == 1


def test_what_was_purged_meanwhile_does_not_keep_the_rest_from_coming_back(
    cast: SimpleNamespace,
) -> None:
    one, two = make_post(cast.alice, "One"), make_post(cast.alice, "Two")
    several.trash([one.id, two.id], by=cast.alice, at=NOW)
    [act] = db.session.scalars(db.select(AuditEvent).where(AuditEvent.action == "posts.trashed"))
    one.trashed_at = NOW - timedelta(days=31)
    db.session.commit()
    assert overdue.purge(NOW) == 1
    assert changes.reverse(act.id, by=cast.alice, at=NOW) == changes.Reversal(1, 1)
    assert two.status == "published"


def test_several_come_out_of_the_trash(cast: SimpleNamespace) -> None:
    one, two = make_post(cast.alice, "One"), make_post(cast.alice, "Two")
    several.trash([one.id], by=cast.alice, at=NOW)
    assert several.restore([one.id, two.id], by=cast.alice, at=NOW) == Outcome(1, 1, 0)
    assert one.status == "published"


def test_another_category_takes_the_counts_along(cast: SimpleNamespace) -> None:
    other = Category(name="Other", name_key="other", slug="other")
    db.session.add(other)
    db.session.commit()
    public, draft = make_post(cast.alice, "One"), make_post(cast.alice, "Two", status="draft")
    page = make_post(cast.eve, "Three", kind="page")
    ids = [public.id, draft.id, page.id]
    assert several.file(ids, other.id, by=cast.eve, at=NOW) == Outcome(2, 1, 0)
    db.session.expire_all()
    assert (other.post_count, frame.default_category().post_count) == (1, 0)
    assert (draft.category_id, page.category_id) == (other.id, None)


def test_a_category_that_is_gone_changes_nothing(cast: SimpleNamespace) -> None:
    public = make_post(cast.alice)
    with pytest.raises(RuleBroken):
        several.file([public.id], 999, by=cast.alice, at=NOW)


def test_comments_of_several_are_closed_and_opened(cast: SimpleNamespace) -> None:
    one, two = make_post(cast.alice, "One"), make_post(cast.alice, "Two", comments_open=False)
    ids = [one.id, two.id]
    closed = several.set_comments_open(ids, open_=False, by=cast.alice, at=NOW)
    assert (closed, one.comments_open) == (Outcome(1, 1, 0), False)
    opened = several.set_comments_open(ids, open_=True, by=cast.alice, at=NOW)
    assert (opened, two.comments_open) == (Outcome(2, 0, 0), True)


def test_who_undoes_what_is_no_longer_theirs_is_told_that_it_is_gone(
    cast: SimpleNamespace,
) -> None:
    with pytest.raises(NotFound):
        several.put_back({"999": "draft"}, "trashed", by=cast.alice, at=NOW)


def test_the_list_says_how_many_were_done_and_how_many_not(site: Flask) -> None:
    with site.app_context():
        person = {u.username: u for u in db.session.scalars(db.select(User))}
        ids = [make_post(person["alice"], name).id for name in ("One", "Two")]
        ids.append(make_post(person["bob"], "Three").id)
    alice = browser(site, "alice")
    assert "Choose all" in alice.get("/admin/posts").text
    sent = post(alice, "/admin/posts/trash", {"id": ids})
    page = alice.get(sent.location).text
    assert "2 are in the trash." in page
    assert "One is left as it is: you may not change it, or it is gone." in page
    assert "/reversal" in page
    assert "Restore" in alice.get("/admin/posts?status=trashed").text


@pytest.mark.parametrize("wrong", [[], ["x"], ["-1"], ["9" * 500]])
def test_nothing_chosen_is_said(site: Flask, wrong: list[str]) -> None:
    alice = browser(site, "alice")
    sent = post(alice, "/admin/posts/trash", {"id": wrong})
    assert "Choose at least one post." in alice.get(sent.location).text
