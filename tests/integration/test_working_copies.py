"""What is typed and not saved is kept apart, offered on return, and cleared by the save."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.models import Post, Presence, WorkingCopy
from bluelog.queries.people import person_by_username
from bluelog.services import limits, overdue, posts, working_copies
from bluelog.services.content import Content
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post
from tests.typing_in import controls

JSON = {"Accept": "application/json"}
KEEP = "/admin/working-copies"
NEW = "/admin/posts/new"


@pytest.fixture
def edited(site: Flask) -> int:
    """Alice's published post."""
    with site.app_context():
        return make_post(person_by_username("alice")).id


def editor(client: FlaskClient, path: str) -> dict[str, str]:
    return controls(client.get(path).text, "#editor")


def keep(client: FlaskClient, form: dict[str, Any], **more: Any) -> Any:
    return post(client, KEEP, form | more, headers=JSON)


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**31), "9" * 5000])
def test_a_working_copy_of_no_post_is_refused(site: Flask, number: str) -> None:
    alice = browser(site, "alice")
    assert keep(alice, editor(alice, NEW), title="Typed", post_id=number).status_code == 404


def copies(site: Flask) -> list[tuple[str, int | None]]:
    with site.app_context():
        rows = db.session.scalars(db.select(WorkingCopy).order_by(WorkingCopy.id))
        return [(row.title, row.post_id) for row in rows]


def test_a_working_copy_touches_no_page(site: Flask, edited: int) -> None:
    alice, path = browser(site, "alice"), f"/admin/posts/{edited}/edit"
    before = browser(site).get("/post/a-post").text
    answer = keep(alice, editor(alice, path), title="Typed", source="<p>So.</p>", post_id=edited)
    assert answer.json["kept"] is True
    assert copies(site) == [("Typed", edited)]
    assert browser(site).get("/post/a-post").text == before
    with site.app_context():
        assert (
            db.session.get_one(Post, edited).title,
            db.session.get_one(Post, edited).version,
        ) == ("A post", 1)


def test_what_was_there_once_and_is_brought_back_is_kept(site: Flask, edited: int) -> None:
    alice, path = browser(site, "alice"), f"/admin/posts/{edited}/edit"
    long, short = "<p>First.</p><p>Second.</p>", "<p>First.</p>"
    post(alice, path, editor(alice, path) | {"source": long})
    before = editor(alice, path)
    post(alice, path, before | {"source": short})
    late = keep(alice, before, source=short, post_id=edited)
    assert late.json["kept"] is False, "what is sent late by the editor that saved it is saved"
    assert keep(alice, editor(alice, path), source=long, post_id=edited).json["kept"] is True
    assert "that was not saved" in browser(site, "alice").get(path).text


def test_it_is_offered_on_return_and_taken_up_whole(site: Flask, edited: int) -> None:
    alice, path = browser(site, "alice"), f"/admin/posts/{edited}/edit"
    keep(
        alice,
        editor(alice, path),
        title="Ty<ped>",
        source="<p>So.</p>",
        post_id=edited,
        excerpt="E",
    )
    page = browser(site, "alice").get(path).text
    assert "There is a newer text of yours that was not saved" in page
    assert "Ty&lt;ped&gt;" in page
    with site.app_context():
        copy_id = db.session.scalars(db.select(WorkingCopy.id)).one()
    taken = editor(alice, f"{path}?copy={copy_id}")
    assert (taken["title"], taken["source"], taken["excerpt"]) == ("Ty<ped>", "<p>So.</p>", "E")
    assert taken["version"] == "1"
    assert post(alice, path, taken).status_code == 303
    assert copies(site) == []
    assert "Take it up" not in alice.get(path).text.partition("<template")[0]


def test_a_post_that_does_not_exist_yet_has_one_too(site: Flask) -> None:
    carol = browser(site, "carol")
    form = editor(carol, NEW)
    keep(carol, form, title="", source="<p>Only words.</p>")
    assert copies(site) == [("", None)]
    page = carol.get(NEW).text
    assert "without a title" in page
    with site.app_context():
        copy_id = db.session.scalars(db.select(WorkingCopy.id)).one()
    taken = editor(carol, f"{NEW}?copy={copy_id}")
    assert taken["source"] == "<p>Only words.</p>"
    assert post(carol, NEW, taken | {"title": "Now with a title"}).status_code == 303
    assert copies(site) == []


def test_two_editors_of_one_person_keep_two_texts(site: Flask, edited: int) -> None:
    alice, path = browser(site, "alice"), f"/admin/posts/{edited}/edit"
    one, other = editor(alice, path), editor(alice, path)
    keep(alice, one, title="One", post_id=edited)
    keep(alice, other, title="Other", post_id=edited)
    keep(alice, one, title="One more", post_id=edited)
    assert copies(site) == [("One more", edited), ("Other", edited)]
    post(alice, path, one | {"title": "One more"})
    assert copies(site) == [("Other", edited)]


def test_a_copy_that_went_on_elsewhere_is_not_cleared(site: Flask, edited: int) -> None:
    alice, path = browser(site, "alice"), f"/admin/posts/{edited}/edit"
    first = editor(alice, path)
    keep(alice, first, title="One", post_id=edited)
    with site.app_context():
        copy_id = db.session.scalars(db.select(WorkingCopy.id)).one()
    taken = editor(alice, f"{path}?copy={copy_id}")
    keep(alice, first, title="One and more", post_id=edited)
    post(alice, path, taken)
    assert copies(site) == [("One and more", edited)]


def test_what_arrives_after_it_was_saved_is_not_kept(site: Flask, edited: int) -> None:
    alice, path = browser(site, "alice"), f"/admin/posts/{edited}/edit"
    form = editor(alice, path) | {"title": "Saved"}
    post(alice, path, form)
    assert keep(alice, form, post_id=edited).json["kept"] is False
    assert copies(site) == []


def test_what_arrives_after_a_new_post_was_made_is_not_kept(site: Flask) -> None:
    alice = browser(site, "alice")
    form = editor(alice, NEW) | {"title": "Made", "source": "<p>a</p>\r\n<p>b</p>"}
    post(alice, NEW, form)
    assert keep(alice, form).json["kept"] is False
    assert keep(alice, form, title="More").json["kept"] is True


def test_an_older_text_that_comes_late_replaces_no_newer_one(site: Flask, edited: int) -> None:
    alice = browser(site, "alice")
    form = editor(alice, f"/admin/posts/{edited}/edit")
    keep(alice, form, title="Newer", post_id=edited)
    keep(alice, form, title="Older", post_id=edited, age=60)
    assert copies(site) == [("Newer", edited)]


def test_a_text_typed_long_ago_says_when(site: Flask) -> None:
    alice = browser(site, "alice")
    keep(alice, editor(alice, NEW), title="Late", source="x", age=3600)
    with site.app_context():
        saved_at = db.session.scalars(db.select(WorkingCopy.saved_at)).one()
    assert timedelta(minutes=59) < now() - saved_at < timedelta(minutes=61)


def test_dropping_it_is_a_button_and_nobody_elses(site: Flask, edited: int) -> None:
    alice = browser(site, "alice")
    keep(alice, editor(alice, NEW), title="Mine", source="x")
    with site.app_context():
        copy_id = db.session.scalars(db.select(WorkingCopy.id)).one()
    for stranger in ("bob", "ada"):
        client = browser(site, stranger)
        assert post(client, f"{KEEP}/{copy_id}/removal").status_code == 404
        assert client.get(f"{NEW}?copy={copy_id}").status_code == 404
    assert post(alice, f"{KEEP}/{copy_id}/removal").location == NEW
    assert copies(site) == []


def test_a_copy_belongs_to_its_own_editor(site: Flask, edited: int) -> None:
    alice = browser(site, "alice")
    keep(alice, editor(alice, NEW), title="Mine", source="x")
    with site.app_context():
        copy_id = db.session.scalars(db.select(WorkingCopy.id)).one()
    for address in (f"/admin/posts/{edited}/edit?copy={copy_id}", f"{NEW}?copy=x", f"{NEW}?copy=²"):
        assert alice.get(address).status_code == 404


def test_nobody_keeps_a_copy_of_what_is_not_theirs(site: Flask, edited: int) -> None:
    bob = browser(site, "bob")
    assert keep(bob, editor(bob, NEW), title="x", post_id=edited).status_code == 404
    assert post(bob, f"/admin/posts/{edited}/presence", headers=JSON).status_code == 404
    assert copies(site) == []


def test_a_session_that_ended_is_told_as_such(site: Flask, edited: int) -> None:
    stranger = browser(site)
    answer = stranger.post(KEEP, data={"title": "x"}, headers=JSON | {"Origin": "http://localhost"})
    assert answer.status_code == 401
    assert "error" in answer.json
    assert stranger.get("/admin/session").status_code == 302
    alice = browser(site, "alice")
    session = alice.get("/admin/session").json
    headers = JSON | {"X-CSRFToken": session["csrf_token"]}
    answer = alice.post(KEEP, data={"title": "x"}, headers=headers)
    assert answer.json["kept"] is True


def test_a_text_too_long_for_the_editor_is_refused(site: Flask) -> None:
    alice = browser(site, "alice")
    answer = keep(alice, editor(alice, NEW), source="x" * 2_100_000)
    assert answer.status_code == 413
    assert copies(site) == []


def test_normal_writing_is_never_refused_and_a_flood_is(cast: SimpleNamespace) -> None:
    def typed(number: int) -> working_copies.Typed:
        content = Content(f"T{number}", "x", "en")
        return working_copies.Typed("s" * 20, {"title": ["T"]}, content)

    # Ten editors at once that send every three seconds.
    for number in range(200):
        working_copies.keep(typed(number), by=cast.alice, at=NOW)
    for _ in range(400):
        limits.spend(limits.AUTOSAVE, str(cast.alice.id), at=NOW)
    with pytest.raises(limits.LimitReached):
        working_copies.keep(typed(0), by=cast.alice, at=NOW)


def test_the_post_gone_the_words_stay(site: Flask, edited: int) -> None:
    alice = browser(site, "alice")
    keep(alice, editor(alice, f"/admin/posts/{edited}/edit"), title="Kept", post_id=edited)
    with site.app_context():
        posts.trash(edited, by=person_by_username("eve"), at=NOW)
        overdue.purge(NOW + timedelta(days=31))
    assert copies(site) == [("Kept", None)]
    assert "Kept" in alice.get(NEW).text


def test_who_else_edits_is_told_and_locks_nobody_out(site: Flask, edited: int) -> None:
    alice, eve = browser(site, "alice"), browser(site, "eve")
    path = f"/admin/posts/{edited}/edit"
    assert post(eve, f"/admin/posts/{edited}/presence", headers=JSON).json["others"] == []
    [other] = post(alice, f"/admin/posts/{edited}/presence", headers=JSON).json["others"]
    assert other["name"] == "Eve"
    page = alice.get(path).text
    assert "Eve is editing this as well (seen" in page
    assert post(alice, path, editor(alice, path) | {"title": "Mine"}).status_code == 303
    answer = post(eve, f"/admin/posts/{edited}/presence", {"version": 1}, headers=JSON)
    assert "saved by somebody else" in answer.json["newer"]
    with site.app_context():
        db.session.execute(db.update(Presence).values(seen_at=now() - timedelta(minutes=3)))
        db.session.commit()
    assert "as well" not in alice.get(path).text


def test_what_nobody_came_back_to_is_purged(cast: SimpleNamespace) -> None:
    typed = working_copies.Typed("s" * 20, {"title": ["T"]}, Content("T", "x", "en"))
    working_copies.keep(typed, by=cast.alice, at=NOW)
    working_copies.purge(NOW + timedelta(days=179))
    assert db.session.scalars(db.select(WorkingCopy.title)).all() == ["T"]
    working_copies.purge(NOW + timedelta(days=181))
    assert db.session.scalars(db.select(WorkingCopy.title)).all() == []
