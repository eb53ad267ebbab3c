"""Every save that changes something is kept, told apart, and can be gone back to."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import Category, Post, Revision
from bluelog.queries.people import person_by_username
from bluelog.services import overdue, posts, restoring, revisions
from bluelog.services.content import Content
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post
from tests.typing_in import controls

LATER = NOW + timedelta(hours=1)


def content(
    title: str = "The ferry", source: str = "<p>It leaves at nine.</p>", **more: Any
) -> Content:
    return Content(title=title, source=source, language="en", **more)


def kept(post_id: int) -> list[Revision]:
    rows = db.select(Revision).where(Revision.post_id == post_id).order_by(Revision.number)
    return list(db.session.scalars(rows))


def test_each_save_that_changes_something_is_kept_with_who_and_when(cast: SimpleNamespace) -> None:
    made = posts.create(content(), by=cast.alice, at=NOW)
    posts.save(made.id, content(), version=1, by=cast.alice, at=NOW)
    posts.save(made.id, content("The bus"), version=2, by=cast.eve, at=LATER)
    posts.publish(made.id, content("The bus"), version=3, by=cast.eve, at=LATER)
    told = [(r.number, r.title, r.user_id, r.saved_at, r.status) for r in kept(made.id)]
    assert told == [
        (1, "The ferry", cast.alice.id, NOW, "draft"),
        (2, "The bus", cast.eve.id, LATER, "draft"),
        (3, "The bus", cast.eve.id, LATER, "published"),
    ]
    assert kept(made.id)[1].fields["source"] == "<p>It leaves at nine.</p>"


def test_a_post_from_before_there_were_revisions_loses_nothing(cast: SimpleNamespace) -> None:
    old = make_post(cast.alice, source="<p>As it was.</p>")
    posts.save(old.id, content(slug=old.slug), version=1, by=cast.eve, at=NOW)
    before, after = kept(old.id)
    assert (before.fields["source"], before.user_id, before.version) == (
        "<p>As it was.</p>",
        None,
        1,
    )
    assert (after.fields["title"], after.user_id) == ("The ferry", cast.eve.id)


def test_what_came_another_way_is_kept_before_it_is_changed(cast: SimpleNamespace) -> None:
    made = posts.create(content(), by=cast.alice, at=NOW)
    made.source = "<p>Imported.</p>"
    db.session.commit()
    posts.save(made.id, content(source="<p>New.</p>"), version=1, by=cast.alice, at=LATER)
    sources = [row.fields["source"] for row in kept(made.id)]
    assert sources == ["<p>It leaves at nine.</p>", "<p>Imported.</p>", "<p>New.</p>"]


def test_a_refused_save_keeps_nothing(cast: SimpleNamespace) -> None:
    made = posts.create(content(), by=cast.alice, at=NOW)
    with pytest.raises(RuleBroken):
        posts.save(made.id, content("X", category_id=999), version=1, by=cast.alice, at=NOW)
    assert len(kept(made.id)) == 1


def test_restoring_is_a_revision_and_leaves_address_and_status(cast: SimpleNamespace) -> None:
    made = posts.create(content(excerpt="Nine"), by=cast.alice, at=NOW)
    second = content("The bus", "<p>Ten.</p>", slug="bus", comments_open=False)
    posts.publish(made.id, second, version=1, by=cast.alice, at=NOW)
    restored = restoring.restore_revision(made.id, 1, by=cast.eve, at=LATER)
    assert (restored.title, restored.plain, restored.excerpt) == (
        "The ferry",
        "It leaves at nine.",
        "Nine",
    )
    assert (restored.slug, restored.status, restored.comments_open) == ("bus", "published", False)
    newest = kept(made.id)[-1]
    assert (newest.number, newest.restored, newest.user_id) == (3, 1, cast.eve.id)
    again = restoring.restore_revision(made.id, 2, by=cast.eve, at=LATER)
    assert again.title == "The bus"


def test_a_category_that_is_gone_stays_as_it_is(cast: SimpleNamespace) -> None:
    gone = Category(name="Sea", name_key="sea", slug="sea")
    db.session.add(gone)
    db.session.commit()
    made = posts.create(content(category_id=gone.id), by=cast.alice, at=NOW)
    changed = posts.save(made.id, content("B"), version=1, by=cast.alice, at=NOW)
    default_id = changed.category_id
    db.session.delete(db.session.get(Category, gone.id))
    db.session.commit()
    restored = restoring.restore_revision(made.id, 1, by=cast.alice, at=NOW)
    assert (restored.title, restored.category_id) == ("The ferry", default_id)


def test_a_post_purged_takes_its_revisions_along(cast: SimpleNamespace) -> None:
    made_id = posts.create(content(), by=cast.alice, at=NOW).id
    posts.trash(made_id, by=cast.alice, at=NOW)
    overdue.purge(NOW + timedelta(days=31))
    assert kept(made_id) == []


def times(*ages: int) -> list[SimpleNamespace]:
    """Rows of that many days ago, the newest first."""
    return [SimpleNamespace(id=n, saved_at=NOW - timedelta(days=age)) for n, age in enumerate(ages)]


def test_all_of_thirty_days_are_kept_and_the_newest_fifty() -> None:
    assert revisions.superfluous(times(*[29] * 200), NOW) == []
    assert revisions.superfluous(times(*[400] * 50), NOW) == []


def test_of_older_ones_the_last_of_each_month_is_kept() -> None:
    old = times(*[1] * 50, 40, 41, 42, 70, 71, 100)
    months = [row.saved_at.month for row in old[50:]]
    assert months == [1, 1, 1, 12, 12, 11]  # the month of day 40 is not today's
    assert revisions.superfluous(old, NOW) == [51, 52, 54]


def test_the_worker_thins_once_and_again_when_time_has_passed(cast: SimpleNamespace) -> None:
    made = make_post(cast.alice)
    began = datetime(2025, 1, 1, tzinfo=UTC)
    for number in range(1, 61):
        db.session.add(_row(made, number, began + timedelta(minutes=number)))
    db.session.commit()
    assert revisions.thin(began + timedelta(days=1)) == 0
    assert revisions.thin(began + timedelta(days=20)) == 0
    assert revisions.thin(began + timedelta(days=32)) == 10
    assert [row.number for row in kept(made.id)][:2] == [11, 12]
    assert revisions.thin(began + timedelta(days=64)) == 0


def _row(of: Post, number: int, at: datetime) -> Revision:
    values = {"version": number, "status": "draft", "title": "x", "fields": {"source": "x"}}
    return Revision(post_id=of.id, number=number, saved_at=at, **values)


@pytest.fixture
def told(site: Flask) -> int:
    """A post with two revisions."""
    with site.app_context():
        alice, eve = person_by_username("alice"), person_by_username("eve")
        made = posts.create(content(), by=alice, at=NOW)
        posts.save(
            made.id, content("The <bus>", "<p>It leaves at ten.</p>"), version=1, by=eve, at=LATER
        )
        return made.id


def test_the_list_names_who_saved_what(site: Flask, told: int) -> None:
    page = browser(site, "alice").get(f"/admin/posts/{told}/revisions").text
    assert "Revision 2" in page
    assert "Eve" in page
    assert "The &lt;bus&gt;" in page


def test_a_revision_is_shown_beside_the_one_before(site: Flask, told: int) -> None:
    page = browser(site, "alice").get(f"/admin/posts/{told}/revisions/2").text
    assert "<del>nine</del>" in page
    assert "<ins>ten</ins>" in page
    assert "&lt;bus&gt;" in page


def test_what_was_never_said_is_no_change_once_it_is_said_to_be_nothing(
    site: Flask, told: int
) -> None:
    client, path = browser(site, "alice"), f"/admin/posts/{told}/edit"
    form = controls(client.get(path).text, "#editor") | {"title": "The tram"}
    assert post(client, path, form).status_code == 303
    assert "Also changed" not in client.get(f"/admin/posts/{told}/revisions/3").text


def test_the_first_revision_and_what_was_changed_since(site: Flask, told: int) -> None:
    client = browser(site, "alice")
    assert "<ins>It leaves at nine.</ins>" in client.get(f"/admin/posts/{told}/revisions/1").text
    since = client.get(f"/admin/posts/{told}/revisions/1?to=now").text
    assert "<ins>ten</ins>" in since
    assert client.get(f"/admin/posts/{told}/revisions/9").status_code == 404


def test_a_revision_is_restored_by_its_button(site: Flask, told: int) -> None:
    client = browser(site, "alice")
    answer = post(client, f"/admin/posts/{told}/revisions/1/restoration")
    assert (answer.status_code, answer.location) == (303, f"/admin/posts/{told}/edit")
    with site.app_context():
        assert db.session.get_one(Post, told).title == "The ferry"


def test_nothing_is_restored_into_the_trash(site: Flask, told: int) -> None:
    client = browser(site, "alice")
    post(client, f"/admin/posts/{told}/trash")
    answer = post(client, f"/admin/posts/{told}/revisions/1/restoration")
    assert answer.location == f"/admin/posts/{told}/revisions"
    assert "in the trash" in client.get(answer.location).text
    with site.app_context():
        assert db.session.get_one(Post, told).title == "The <bus>"


def test_a_post_without_revisions_says_what_will_stand_there(site: Flask) -> None:
    with site.app_context():
        old = make_post(person_by_username("alice")).id
    page = browser(site, "alice").get(f"/admin/posts/{old}/revisions").text
    assert "Nothing was saved here yet" in page


def test_what_a_post_translates_stays_when_its_words_go_back(cast: SimpleNamespace) -> None:
    original = posts.create(Content("Fähre", "<p>Um neun.</p>", "fr"), by=cast.alice, at=NOW)
    made = posts.create(content(source="<p>1</p>"), by=cast.alice, at=NOW)
    linked = Content("The ferry", "<p>2</p>", "de", original=original.slug)
    posts.save(made.id, linked, version=1, by=cast.alice, at=NOW)
    restored = restoring.restore_revision(made.id, 1, by=cast.alice, at=LATER)
    assert (restored.plain, restored.translation_of) == ("1", original.id)
    posts.save(made.id, linked, version=3, by=cast.alice, at=LATER)
    restored = restoring.restore_revision(made.id, 1, by=cast.alice, at=LATER)
    assert restored.translation_of == original.id
