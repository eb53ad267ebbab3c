"""Posts that appear at a time to come, and dates that are set back."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from bluelog.errors import NotAllowed, RuleBroken
from bluelog.extensions import db
from bluelog.models import Category, Post, PostAuthor, Site, User
from bluelog.queries import posts as queries
from bluelog.services import overdue, posts, restoring
from bluelog.services.content import Content
from bluelog.text.wall_time import wall_time
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import YESTERDAY, make_post

HOUR = timedelta(hours=1)


def typed(at: datetime) -> str:
    """The time as the form has it, where the site's zone is that of the tests."""
    return wall_time(at, ZoneInfo(db.session.scalars(db.select(Site.time_zone)).one()))


def content(appears: str | None = None, **more: Any) -> Content:
    filled = {"title": "The ferry", "source": "<p>It leaves at nine.</p>", "language": "en"}
    return Content(**filled | more, appears=appears)


def scheduled(by: Any, at: datetime = NOW + HOUR) -> Post:
    made = posts.create_published(content(typed(at)), by=by, at=NOW)
    assert (made.status, made.published_at) == ("scheduled", at)
    return made


def test_a_post_appears_at_its_minute_though_no_worker_runs(cast: SimpleNamespace) -> None:
    made = scheduled(cast.alice)
    almost = made.published_at - timedelta(seconds=1)
    assert queries.post_readable_by(None, "the-ferry", almost) is None
    assert queries.post_readable_by(None, "the-ferry", NOW + HOUR).id == made.id
    assert overdue.publish(NOW + HOUR) == 1
    assert made.status == "published"


def test_another_time_moves_it_with_all_that_is_kept_by_it(cast: SimpleNamespace) -> None:
    made = scheduled(cast.alice)
    later = NOW + 3 * HOUR
    posts.save(made.id, content(typed(later)), version=1, by=cast.alice, at=NOW)
    row = db.session.get(PostAuthor, (made.id, cast.alice.id), populate_existing=True)
    assert (made.status, made.published_at, row.public_at) == ("scheduled", later, later)


def test_a_form_without_the_field_leaves_its_time(cast: SimpleNamespace) -> None:
    made = scheduled(cast.alice)
    posts.save(made.id, content(None, title="A ferry"), version=1, by=cast.alice, at=NOW)
    assert (made.status, made.published_at) == ("scheduled", NOW + HOUR)


def test_back_to_a_draft_it_has_no_time(cast: SimpleNamespace) -> None:
    made = scheduled(cast.alice)
    posts.withdraw(made.id, content(typed(NOW + HOUR)), version=1, by=cast.alice, at=NOW)
    assert (made.status, made.published_at) == ("draft", None)
    posts.publish(made.id, content(""), version=2, by=cast.alice, at=NOW)
    assert (made.status, made.published_at) == ("published", NOW)


def test_a_time_that_has_passed_is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(RuleBroken) as refusal:
        posts.create_published(content(typed(NOW - HOUR)), by=cast.eve, at=NOW)
    assert refusal.value.field == "appears"
    made = scheduled(cast.alice)
    with pytest.raises(RuleBroken):
        posts.save(made.id, content(typed(NOW - HOUR)), version=1, by=cast.alice, at=NOW)
    db.session.refresh(made)
    assert (made.status, made.published_at) == ("scheduled", NOW + HOUR)


@pytest.mark.parametrize("wrong", ["soon", "2027-02-30T10:00", "2027-01-01T10:00+09:00"])
def test_what_is_no_time_is_refused(cast: SimpleNamespace, wrong: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        posts.create_published(content(wrong), by=cast.alice, at=NOW)
    assert refusal.value.field == "appears"


def test_a_draft_is_not_given_a_time_that_nobody_would_keep(cast: SimpleNamespace) -> None:
    with pytest.raises(RuleBroken) as refusal:
        posts.create(content(typed(NOW + HOUR)), by=cast.alice, at=NOW)
    assert refusal.value.field == "appears"


def test_contributors_schedule_nothing(cast: SimpleNamespace) -> None:
    made = make_post(cast.carol, status="draft")
    with pytest.raises(NotAllowed):
        posts.publish(made.id, content(typed(NOW + HOUR)), version=1, by=cast.carol, at=NOW)


def test_what_is_public_is_not_taken_away_by_a_later_date(cast: SimpleNamespace) -> None:
    made = make_post(cast.alice)
    with pytest.raises(RuleBroken) as refusal:
        posts.save(made.id, content(typed(NOW + HOUR)), version=1, by=cast.eve, at=NOW)
    assert refusal.value.field == "appears"


def test_editors_set_the_date_back_and_authors_do_not(cast: SimpleNamespace) -> None:
    made, earlier = make_post(cast.alice), NOW - 100 * HOUR
    with pytest.raises(RuleBroken):
        posts.save(made.id, content(typed(earlier)), version=1, by=cast.alice, at=NOW)
    posts.save(made.id, content(typed(earlier)), version=1, by=cast.eve, at=NOW)
    row = db.session.get(PostAuthor, (made.id, cast.alice.id), populate_existing=True)
    assert (made.status, made.published_at, row.public_at) == ("published", earlier, earlier)


def test_a_date_is_kept_to_the_second_where_nobody_changed_it(cast: SimpleNamespace) -> None:
    exact = YESTERDAY + timedelta(seconds=17, microseconds=5)
    made = make_post(cast.alice, published_at=exact)
    posts.save(made.id, content(typed(exact)), version=1, by=cast.alice, at=NOW)
    assert made.published_at == exact


def test_the_time_is_that_of_the_site_on_a_day_when_clocks_change(cast: SimpleNamespace) -> None:
    db.session.scalars(db.select(Site)).one().time_zone = "Europe/Berlin"
    db.session.commit()
    made = posts.create_published(content("2027-10-31T02:30"), by=cast.alice, at=NOW)
    assert made.published_at.isoformat() == "2027-10-31T00:30:00+00:00"
    posts.save(made.id, content("2027-03-28T02:30"), version=1, by=cast.alice, at=NOW)
    assert made.published_at.isoformat() == "2027-03-28T01:30:00+00:00"


def test_what_should_have_appeared_while_in_the_trash_comes_back_as_a_draft(
    cast: SimpleNamespace,
) -> None:
    made = scheduled(cast.alice)
    posts.trash(made.id, by=cast.alice, at=NOW)
    posts.restore(made.id, by=cast.alice, at=NOW + 2 * HOUR)
    assert (made.status, made.published_at) == ("draft", None)


def test_what_is_still_to_appear_comes_back_as_it_was(cast: SimpleNamespace) -> None:
    made = scheduled(cast.alice)
    posts.trash(made.id, by=cast.alice, at=NOW)
    posts.restore(made.id, by=cast.alice, at=NOW)
    assert (made.status, made.published_at) == ("scheduled", NOW + HOUR)


def form(site: Flask, appears: str | None, **more: Any) -> dict[str, Any]:
    with site.app_context():
        category = db.session.scalar(db.select(Category.id).where(Category.is_default))
    filled = {"title": "The ferry", "source": "<p>At nine.</p>", "source_format": "html"}
    filled |= {"language": "en", "category_id": category, "submission_id": "a" * 20}
    return filled | ({} if appears is None else {"appears": appears}) | more


@time_machine.travel(NOW, tick=False)
def test_the_editor_says_when_it_will_appear_and_that_clocks_skip_the_time(site: Flask) -> None:
    with site.app_context():
        db.session.scalars(db.select(Site)).one().time_zone = "Europe/Berlin"
        db.session.commit()
    alice = browser(site, "alice")
    sent = post(alice, "/admin/posts/new/publication", form(site, "2027-03-28T02:30"))
    assert sent.status_code == 303
    page = alice.get(sent.location).text
    assert "March 28, 2027 3:30" in page
    assert "set forward" in page
    assert "Europe/Berlin" in page
    assert 'value="2027-03-28T03:30"' in page
    assert "March 28, 2027 3:30" in alice.get("/admin/posts").text


@time_machine.travel(NOW, tick=False)
def test_a_refused_time_loses_nothing_that_was_typed(site: Flask) -> None:
    alice = browser(site, "alice")
    sent = post(alice, "/admin/posts/new/publication", form(site, "2020-01-01T10:00"))
    assert sent.status_code == 422
    assert "This time has passed" in sent.text
    assert 'value="2020-01-01T10:00"' in sent.text
    assert "At nine." in sent.text


@time_machine.travel(NOW, tick=False)
def test_a_button_publishes_what_is_scheduled_at_once(site: Flask) -> None:
    alice = browser(site, "alice")
    sent = post(alice, "/admin/posts/new/publication", form(site, "2027-06-01T10:00"))
    address = sent.location.removesuffix("/edit")
    assert f"{address}/publication/now" in alice.get(sent.location).text
    data = form(site, "2027-06-01T10:00", version=1)
    assert post(alice, f"{address}/publication/now", data).location == "/post/the-ferry"
    assert browser(site).get("/post/the-ferry").status_code == 200


def test_an_older_editor_keeps_the_time_that_somebody_gave_meanwhile(site: Flask) -> None:
    with site.app_context():
        alice_ = db.session.scalars(db.select(User).where(User.username == "alice")).one()
        first, second = NOW + HOUR, NOW + 5 * HOUR
        made = scheduled(alice_, first)
        posts.save(made.id, content(typed(second)), version=1, by=alice_, at=NOW)
        address, shown = f"/admin/posts/{made.id}/edit", typed(first)
    data = form(site, shown, appears_was=shown, version=1)
    assert post(browser(site, "alice"), address, data).status_code == 303
    with site.app_context():
        assert db.session.scalars(db.select(Post.published_at)).one() == second


def test_words_that_are_brought_back_leave_the_time(cast: SimpleNamespace) -> None:
    made, later = scheduled(cast.alice), NOW + 9 * HOUR
    changed = content(typed(later), title="A ferry")
    posts.save(made.id, changed, version=1, by=cast.alice, at=NOW)
    restoring.restore_revision(made.id, 1, by=cast.alice, at=NOW)
    assert (made.title, made.status, made.published_at) == ("The ferry", "scheduled", later)
