"""Tags and series that are renamed, merged and arranged while a post of theirs is in an editor."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import Post, Redirect, Series, Tag
from bluelog.queries.people import person_by_username as by_name
from bluelog.queries.tags import tags_of
from bluelog.services import posts, series, tags
from bluelog.services.content import Content
from bluelog.services.merging import save_merged
from bluelog.services.restoring import restore_revision
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.typing_in import controls

TEXT = "<p>The ferry leaves at nine o'clock sharp.</p><p>It is blue.</p>"


def content(title: str = "A walk", source: str = TEXT, **more: Any) -> Content:
    more = {"tags": ("Lamps", "Rain"), "series": "Walks"} | more
    return Content(title, source, "en", **more)


@pytest.fixture
def walk(site: Flask) -> int:
    """Alice's second part of "Walks", on lamps and rain."""
    with site.app_context():
        posts.create(content("First"), by=by_name("alice"), at=NOW)
        return posts.create(content(), by=by_name("alice"), at=NOW).id


def address(walk: int) -> str:
    return f"/admin/posts/{walk}/edit"


def opened(client: FlaskClient, path: str) -> dict[str, str]:
    return controls(client.get(path).text, "#editor")


def rename(site: Flask, name: str = "Hikes", order: tuple[int, ...] = ()) -> None:
    with site.app_context():
        [row] = db.session.scalars(db.select(Series))
        given = {"slug": "", "description": "", "order": order}
        series.change(row.id, name, **given, by=by_name("eve"), at=NOW)


def merge(site: Flask, name: str = "Lamps", into: str = "Lights") -> None:
    with site.app_context():
        posts.create(content("Other", tags=(into,), series=""), by=by_name("alice"), at=NOW)
        tags.merge(tag(name).id, into, by=by_name("eve"), at=NOW)


def tag(name: str) -> Tag:
    return db.session.scalars(db.select(Tag).where(Tag.name == name)).one()


def held(site: Flask, walk: int) -> tuple[str, int | None, list[str]]:
    """The post's series, its part there, its tags."""
    with site.app_context():
        row = db.session.get_one(Post, walk)
        named = db.session.get(Series, row.series_id) if row.series_id else None
        return named.name if named else "", row.part, [each.name for each in tags_of(walk)]


def test_a_typo_mended_undoes_no_renaming(site: Flask, walk: int) -> None:
    alice = browser(site, "alice")
    form = opened(alice, address(walk))
    rename(site)
    merge(site)
    assert post(alice, address(walk), form | {"title": "A walk."}).status_code == 303
    assert held(site, walk) == ("Hikes", 2, ["Lights", "Rain"])
    with site.app_context():
        assert db.session.scalars(db.select(Series.name)).all() == ["Hikes"]
        assert "Lamps" not in db.session.scalars(db.select(Tag.name)).all()


def test_nor_does_it_put_a_part_back(site: Flask, walk: int) -> None:
    alice = browser(site, "alice")
    form = opened(alice, address(walk))
    rename(site, "Walks", order=(walk,))
    post(alice, address(walk), form | {"title": "A walk."})
    assert held(site, walk)[1] == 1


def test_what_the_writer_changed_is_changed_of_what_is_there_now(site: Flask, walk: int) -> None:
    alice = browser(site, "alice")
    form = opened(alice, address(walk))
    rename(site)
    merge(site)
    post(alice, address(walk), form | {"part": "7", "tags": "Lamps, rain, Tea"})
    assert held(site, walk) == ("Hikes", 7, ["Lights", "Rain", "Tea"])
    form = opened(alice, address(walk))
    post(alice, address(walk), form | {"series": "Letters", "part": "7", "tags": "Rain"})
    assert held(site, walk) == ("Letters", 7, ["Rain"])
    form = opened(alice, address(walk))
    post(alice, address(walk), form | {"series": "", "part": "", "tags": ""})
    assert held(site, walk) == ("", None, [])


def test_a_tag_that_was_deleted_stays_so_and_a_new_one_of_a_former_name_is_one(
    site: Flask, walk: int
) -> None:
    alice = browser(site, "alice")
    form = opened(alice, address(walk))
    with site.app_context():
        tags.delete(tag("Rain").id, by=by_name("eve"), at=NOW)
    merge(site)
    post(alice, address(walk), form | {"tags": "Tea, Lamps, Rain"})
    assert held(site, walk)[2] == ["Tea", "Lights"]
    form = opened(alice, address(walk))
    post(alice, address(walk), form | {"tags": "Tea, Lights, Lamps"})
    assert held(site, walk)[2] == ["Tea", "Lights", "Lamps"]


def test_what_the_form_said_at_first_outlasts_a_refusal(site: Flask, walk: int) -> None:
    alice = browser(site, "alice")
    form = opened(alice, address(walk))
    rename(site)
    merge(site)
    refused = post(alice, address(walk), form | {"title": ""})
    assert refused.status_code == 422
    again = controls(refused.text, "#editor") | {"title": "A walk."}
    assert post(alice, address(walk), again).status_code == 303
    assert held(site, walk) == ("Hikes", 2, ["Lights", "Rain"])


def test_and_a_conflict_which_shows_what_there_is_now(site: Flask, walk: int) -> None:
    alice, eve = browser(site, "alice"), browser(site, "eve")
    form = opened(alice, address(walk))
    rename(site, order=(walk,))
    merge(site)
    theirs = opened(eve, address(walk)) | {"title": "Hers", "tags": "Lights, Rain, Sea"}
    assert post(eve, address(walk), theirs).status_code == 303
    answer = post(alice, address(walk), form | {"title": "His", "tags": "Lamps, Tea"})
    assert answer.status_code == 409
    shown = controls(answer.text, "#editor")
    assert (shown["series"], shown["part"]) == ("Hikes", "1")
    assert shown["tags"] == "Lights, Tea, Sea"
    assert post(alice, address(walk), shown | {"tags": "Lights, Tea"}).status_code == 303
    assert held(site, walk) == ("Hikes", 1, ["Lights", "Tea"])


def test_a_conflict_leaves_a_page_where_it_is(site: Flask) -> None:
    with site.app_context():
        made = {"by": by_name("eve"), "at": NOW, "kind": "page"}
        page = posts.create_published(content("About", in_menu=True, position=3), **made).id
    ada, eve = browser(site, "ada"), browser(site, "eve")
    # A box that is ticked is sent before the field that stands for one that is not.
    ticked = {"in_menu": ["y", ""]}
    form, theirs = (opened(who, address(page)) | ticked for who in (ada, eve))
    post(eve, address(page), theirs | {"title": "Hers", "position": "8"})
    answer = post(ada, address(page), form | {"title": "Mine"})
    assert answer.status_code == 409
    assert controls(answer.text, "#editor")["position"] == "8"
    assert "checked" in LexborHTMLParser(answer.text).css_first("#in_menu").attributes


def test_without_a_common_beginning_too_what_was_left_alone_stays(site: Flask, walk: int) -> None:
    alice = browser(site, "alice")
    form = opened(alice, address(walk)) | {"version": "0"}
    rename(site)
    merge(site)
    answer = post(alice, address(walk), form | {"title": "A walk."})
    assert answer.status_code == 409
    assert post(alice, address(walk), controls(answer.text, "#editor")).status_code == 303
    assert held(site, walk) == ("Hikes", 2, ["Lights", "Rain"])


def test_a_working_copy_from_before_undoes_nothing_either(site: Flask, walk: int) -> None:
    alice = browser(site, "alice")
    form = opened(alice, address(walk)) | {"title": "A walk.", "post_id": str(walk)}
    kept = post(alice, "/admin/working-copies", form, headers={"Accept": "application/json"})
    rename(site)
    merge(site)
    taken = opened(alice, kept.json["offer"]["take"])
    assert taken["title"] == "A walk."
    assert post(alice, address(walk), taken).status_code == 303
    assert held(site, walk) == ("Hikes", 2, ["Lights", "Rain"])


def test_a_name_with_marks_of_html_is_that_name(site: Flask, walk: int) -> None:
    alice = browser(site, "alice")
    post(alice, address(walk), opened(alice, address(walk)) | {"tags": 'R&D, "b"'})
    form = opened(alice, address(walk))
    assert form["tags"] == 'R&D, "b"'
    post(alice, address(walk), form | {"tags": 'R&D, "b", Tea'})
    assert held(site, walk)[2] == ["R&D", '"b"', "Tea"]


def test_a_form_that_made_a_post_says_all_it_holds_the_second_time(site: Flask) -> None:
    alice = browser(site, "alice")
    form = opened(alice, "/admin/posts/new") | {"title": "New", "source": TEXT, "tags": "Tea"}
    post(alice, "/admin/posts/new", form)
    answer = post(alice, "/admin/posts/new", form | {"tags": ""})
    assert answer.status_code == 409
    assert post(alice, address(1), controls(answer.text, "#editor")).status_code == 303
    assert held(site, 1)[2] == []


def test_who_takes_a_tag_off_that_was_renamed_does_so_over_a_newer_text_too(
    cast: SimpleNamespace,
) -> None:
    made = posts.create(content(), by=cast.alice, at=NOW)
    tags.change(tag("Lamps").id, "Lights", slug="", by=cast.eve, at=NOW)
    theirs = content("Hers", tags=("Lights", "Rain"))
    posts.save(made.id, theirs, version=1, by=cast.eve, at=NOW)
    mine = content(source=TEXT.replace("blue", "red"), tags=("Rain",))
    saved = save_merged(posts.save, made.id, mine, version=1, by=cast.alice, at=NOW)
    assert [each.name for each in tags_of(saved.post.id)] == ["Rain"]


@pytest.mark.parametrize("slug", ["", "lamps"])
def test_an_old_revision_means_the_tag_whatever_it_is_called_now(
    cast: SimpleNamespace, slug: str
) -> None:
    made = posts.create(content(), by=cast.alice, at=NOW)
    posts.save(made.id, content(tags=()), version=1, by=cast.alice, at=NOW)
    tags.change(tag("Lamps").id, "Lights", slug=slug, by=cast.eve, at=NOW)
    restore_revision(made.id, 1, by=cast.alice, at=NOW)
    assert [each.name for each in tags_of(made.id)] == ["Lights", "Rain"]


def test_an_old_revision_means_the_tag_that_another_was_merged_into(site: Flask, walk: int) -> None:
    merge(site)
    with site.app_context():
        posts.save(walk, content(tags=()), version=1, by=by_name("alice"), at=NOW)
        restore_revision(walk, 1, by=by_name("alice"), at=NOW)
    assert held(site, walk)[2] == ["Lights", "Rain"]


def test_a_tag_of_a_like_address_is_another_one(cast: SimpleNamespace) -> None:
    posts.create(content(tags=("C",)), by=cast.alice, at=NOW)
    made = posts.create(content("Two", tags=("C++", "🎉")), by=cast.alice, at=NOW)
    for name in ("C++", "🎉"):
        tags.delete(tag(name).id, by=cast.eve, at=NOW)
    db.session.add(Redirect(path="/tag/untitled", target="/tag/c", created_at=NOW))
    db.session.commit()
    posts.save(made.id, content(tags=()), version=1, by=cast.alice, at=NOW)
    restore_revision(made.id, 1, by=cast.alice, at=NOW)
    assert [each.name for each in tags_of(made.id)] == ["C++", "🎉"]
