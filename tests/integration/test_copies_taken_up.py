"""A working copy that is taken up changes what was typed into it, and not what was only there."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.models import MenuItem, Post, Site, WorkingCopy
from bluelog.queries.people import person_by_username
from bluelog.services import menus, posts
from bluelog.text.wall_time import wall_time
from bluelog.uow import unit_of_work
from tests.browsing import browser, post
from tests.making import make_post
from tests.typing_in import controls

KEEP = "/admin/working-copies"
JSON = {"Accept": "application/json"}


def made(site: Flask, **values: Any) -> int:
    with site.app_context():
        return make_post(person_by_username("eve"), **values).id


def whole_minute(days: int) -> datetime:
    return (now() + timedelta(days=days)).replace(second=0, microsecond=0)


def editor(client: FlaskClient, path: str) -> dict[str, Any]:
    """What the editor would send; of a box that is ticked, both fields of its name."""
    page = client.get(path).text
    ticked = LexborHTMLParser(page).css("#editor input[name=in_menu][checked]")
    return controls(page, "#editor") | ({"in_menu": ["y", ""]} if ticked else {})


def kept_and_closed(site: Flask, post_id: int, **typed: str) -> str:
    """The address at which what was typed can be taken up."""
    eve, path = browser(site, "eve"), f"/admin/posts/{post_id}/edit"
    form = editor(eve, path) | {"title": "Typed"} | typed
    post(eve, KEEP, form | {"post_id": post_id}, headers=JSON)
    with site.app_context():
        copy_id = db.session.scalars(db.select(WorkingCopy.id)).one()
    return f"{path}?copy={copy_id}"


def saved(site: Flask, post_id: int, verb: Any = posts.save, **values: Any) -> None:
    """What somebody saved meanwhile."""
    with site.app_context():
        content = posts.Content("A post", "<p>Once upon a time.</p>", "en", **values)
        verb(post_id, content, version=1, by=person_by_username("eve"), at=now())


def taken_up(site: Flask, address: str) -> None:
    eve = browser(site, "eve")
    form = editor(eve, address)
    answer = post(eve, address.partition("?")[0], form)
    assert answer.status_code == 303, answer.text


def found(site: Flask, post_id: int) -> Post:
    with site.app_context():
        row = db.session.get_one(Post, post_id)
        db.session.expunge(row)
        return row


def typed(site: Flask, moment: datetime) -> str:
    with site.app_context():
        return wall_time(moment, ZoneInfo(db.session.scalars(db.select(Site.time_zone)).one()))


@pytest.fixture
def scheduled(site: Flask) -> int:
    return made(site, status="scheduled", published_at=whole_minute(1))


def test_a_time_that_was_only_there_does_not_move_the_post_back(
    site: Flask, scheduled: int
) -> None:
    address, later = kept_and_closed(site, scheduled), whole_minute(30)
    saved(site, scheduled, appears=typed(site, later))
    assert editor(browser(site, "eve"), address)["appears"] == typed(site, later)
    taken_up(site, address)
    row = found(site, scheduled)
    assert (row.title, row.published_at) == ("Typed", later)


def test_a_time_that_was_chosen_is_taken_up(site: Flask, scheduled: int) -> None:
    chosen = whole_minute(9)
    address = kept_and_closed(site, scheduled, appears=typed(site, chosen))
    saved(site, scheduled, appears=typed(site, whole_minute(30)))
    taken_up(site, address)
    assert found(site, scheduled).published_at == chosen


def test_a_draft_without_a_date_may_be_published_meanwhile(site: Flask) -> None:
    draft = made(site, status="draft")
    address = kept_and_closed(site, draft)
    saved(site, draft, posts.publish)
    public_since = found(site, draft).published_at
    taken_up(site, address)
    row = found(site, draft)
    assert (row.title, row.status, row.published_at) == ("Typed", "published", public_since)


def arranged(site: Flask, page: int, *, is_in: bool) -> None:
    """What an editor of the menus does, which is no change of the page."""
    with site.app_context(), unit_of_work():
        menus.show_page(db.session.get_one(Post, page), is_in=is_in)


@pytest.mark.parametrize("is_in", [True, False])
def test_the_menu_stays_as_somebody_arranged_it(site: Flask, is_in: bool) -> None:
    page = made(site, kind="page", status="published")
    arranged(site, page, is_in=not is_in)
    address = kept_and_closed(site, page)
    arranged(site, page, is_in=is_in)
    taken_up(site, address)
    with site.app_context():
        entries = db.session.scalars(db.select(MenuItem).where(MenuItem.post_id == page)).all()
        assert (len(entries) == 1, found(site, page).title) == (is_in, "Typed")


def test_a_note_that_was_only_there_leaves_another_editors(site: Flask) -> None:
    with site.app_context():
        pending = make_post(person_by_username("carol"), status="pending").id
    ada, path = browser(site, "ada"), f"/admin/posts/{pending}/edit"
    address = kept_and_closed(site, pending)
    assert post(ada, path, editor(ada, path) | {"note": "Shorter."}).status_code == 303
    assert editor(browser(site, "eve"), address)["note"] == "Shorter."
    taken_up(site, address)
    assert found(site, pending).review_note == "Shorter."


def test_a_copy_from_before_notes_were_kept_is_taken_up(site: Flask, scheduled: int) -> None:
    address = kept_and_closed(site, scheduled)
    with site.app_context():
        copy = db.session.scalars(db.select(WorkingCopy)).one()
        newer = {"note", "note_was", "appears_was", "in_menu_was"}
        form = {name: held for name, held in copy.fields["form"].items() if name not in newer}
        copy.fields = copy.fields | {"form": form}
        db.session.commit()
    taken_up(site, address)
    assert found(site, scheduled).title == "Typed"
