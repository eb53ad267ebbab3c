"""Posts in series: made in the editor, arranged by editors, read one after another."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from bluelog.errors import NotAllowed, RuleBroken, VersionConflict
from bluelog.extensions import db
from bluelog.models import Post, PostKind, Redirect, Revision, Series
from bluelog.queries import series as queries
from bluelog.queries.paging import Window
from bluelog.queries.people import person_by_username as by_name
from bluelog.services import posts, series
from bluelog.services.content import Content
from bluelog.services.restoring import restore_revision
from tests.browsing import browser
from tests.browsing import post as send
from tests.conftest import NOW
from tests.making import make_post

LATER = NOW + timedelta(hours=1)


def content(title: str, name: str | None, part: int | None = None) -> Content:
    return Content(title, "<p>Words.</p>", "en", series=name, part=part)


@pytest.fixture
def voyages(cast: SimpleNamespace) -> list[Post]:
    """Three public parts."""
    return [written(cast, f"Part {number}") for number in range(1, 4)]


def written(cast: SimpleNamespace, title: str, part: int | None = None) -> Post:
    return posts.create_published(content(title, "Voyages", part), by=cast.alice, at=NOW)


def titles(at: Any = NOW) -> list[str]:
    [found] = db.session.scalars(db.select(Series))
    return [card.post.title for card in queries.series_page(found, at, Window(9)).items]


def test_a_new_name_makes_a_series_and_the_same_name_finds_it(voyages: list[Post]) -> None:
    assert [post.part for post in voyages] == [1, 2, 3]
    assert titles() == ["Part 1", "Part 2", "Part 3"]
    [found] = db.session.scalars(db.select(Series))
    assert (found.name, found.slug) == ("Voyages", "voyages")


def test_a_part_takes_the_place_of_its_number(cast: SimpleNamespace, voyages: list[Post]) -> None:
    first = voyages[0]
    save(first, "voyages", 9, cast.alice)
    assert titles() == ["Part 2", "Part 3", "Part 1"]
    save(first, "VOYAGES", None, cast.alice)
    assert first.part == 9
    save(first, None, None, cast.alice)
    assert first.part == 9
    save(first, None, 8, cast.alice)
    assert (first.part, titles()) == (8, ["Part 2", "Part 3", "Part 1"])
    save(first, "", None, cast.alice)
    save(first, None, 1, cast.alice)
    assert (first.series_id, first.part) == (None, None)
    assert titles() == ["Part 2", "Part 3"]


def save(post: Post, name: str | None, part: int | None, by: Any) -> None:
    posts.save(post.id, content(post.title, name, part), version=post.version, by=by, at=NOW)


def test_a_post_knows_its_place_among_what_is_public(
    cast: SimpleNamespace, voyages: list[Post]
) -> None:
    make_post(cast.alice, "Soon", status="scheduled", published_at=LATER, **of(voyages, 2))
    make_post(cast.alice, "Hidden", status="draft", **of(voyages, 1))
    place = queries.place_of(voyages[1], NOW)
    assert place is not None
    assert (place.name, place.number, place.count) == ("Voyages", 2, 3)
    assert (place.former.title, place.following.title) == ("Part 1", "Part 3")
    later = queries.place_of(voyages[1], LATER)
    assert later is not None
    assert (later.count, later.following.title) == (4, "Soon")
    assert titles(LATER) == ["Part 1", "Part 2", "Soon", "Part 3"]


def of(voyages: list[Post], part: int) -> dict[str, Any]:
    return {"series_id": voyages[0].series_id, "part": part}


def test_a_post_that_is_alone_in_its_series_says_nothing_of_it(cast: SimpleNamespace) -> None:
    assert queries.place_of(written(cast, "Part 1"), NOW) is None


def test_a_series_is_full_some_day(
    cast: SimpleNamespace, voyages: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "MOST_PARTS", 3)
    with pytest.raises(RuleBroken) as refusal:
        written(cast, "Part 4")
    assert refusal.value.field == "series"
    save(voyages[0], "Voyages", 2, cast.alice)


@pytest.mark.parametrize("name", ["x" * 61, "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 9])
def test_a_name_that_does_not_fit_is_refused(cast: SimpleNamespace, name: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        posts.create(content("A post", name), by=cast.alice, at=NOW)
    assert refusal.value.field == "series"


def test_pages_are_in_no_series(cast: SimpleNamespace) -> None:
    page = posts.create(content("About", "Voyages"), by=cast.eve, at=NOW, kind=PostKind.PAGE)
    assert page.series_id is None


def test_the_same_submission_for_another_series_is_not_taken_for_done(
    cast: SimpleNamespace,
) -> None:
    options: dict[str, Any] = {"by": cast.alice, "at": NOW, "submission_id": "submission-of-a-test"}
    made = posts.create(content("A post", "Voyages"), **options)
    assert posts.create(content("A post", "Voyages"), **options).id == made.id
    for other in (content("A post", "Letters"), content("A post", "Voyages", 5)):
        with pytest.raises(VersionConflict):
            posts.create(other, **options)


def test_going_back_in_the_history_leaves_the_series_alone(
    cast: SimpleNamespace, voyages: list[Post]
) -> None:
    save(voyages[0], "", None, cast.alice)
    newest = db.select(Revision).where(Revision.post_id == voyages[0].id)
    [left, began] = db.session.scalars(newest.order_by(Revision.number.desc()))
    assert (left.fields["series"], began.fields["series"]) == ("", "Voyages")
    restore_revision(voyages[0].id, 1, by=cast.alice, at=NOW)
    assert voyages[0].series_id is None


def test_an_editor_renames_and_arranges(cast: SimpleNamespace, voyages: list[Post]) -> None:
    one, two, three = [post.id for post in voyages]
    arranged = {"slug": "journeys", "description": "By sea.", "order": [three, one]}
    series_id = int(voyages[0].series_id or 0)
    with pytest.raises(NotAllowed):
        series.change(series_id, "Journeys", **arranged, by=cast.alice, at=NOW)
    series.change(series_id, "Journeys", **arranged, by=cast.eve, at=NOW)
    assert [(post.id, post.part) for post in voyages] == [(one, 2), (two, 3), (three, 1)]
    [moved] = db.session.scalars(db.select(Redirect))
    assert (moved.path, moved.target) == ("/series/voyages", "/series/journeys")
    posts.create(content("Other", "Letters"), by=cast.alice, at=NOW)
    with pytest.raises(RuleBroken) as refusal:
        series.change(series_id, "LETTERS", **arranged, by=cast.eve, at=NOW)
    assert refusal.value.field == "name"


def test_deleting_a_series_deletes_no_post(cast: SimpleNamespace, voyages: list[Post]) -> None:
    series_id = int(voyages[0].series_id or 0)
    with pytest.raises(NotAllowed):
        series.delete(series_id, by=cast.alice, at=NOW)
    series.delete(series_id, by=cast.eve, at=NOW)
    assert db.session.scalars(db.select(Series)).all() == []
    assert [(post.series_id, post.part, post.status) for post in voyages] == [
        (None, None, "published")
    ] * 3


@pytest.fixture
def blog(site: Flask) -> Flask:
    """A blog with a series that fills more than a page of the list."""
    site.config["BLUELOG_POST_PER_PAGE"] = 2
    with site.app_context():
        alice, bob = map(by_name, ("alice", "bob"))
        found = Series(name="Voyages & more", name_key="voyages & more", slug="voyages")
        found.description = "By sea."
        db.session.add(found)
        db.session.flush()
        for number, writer in enumerate((alice, bob, alice), 1):
            at = NOW - timedelta(days=number)
            place = {"series_id": found.id, "part": number, "published_at": at}
            make_post(writer, f"Part {number}", **place)
    return site


def test_readers_go_from_part_to_part(blog: Flask) -> None:
    reader = browser(blog)
    page = LexborHTMLParser(reader.get("/post/part-2").text)
    block = page.css_first('nav.onward[aria-label="Series"]')
    assert " ".join(block.css_first("p").text().split()) == "Part 2 of 3 of Voyages & more"
    links = [(link.attributes["href"], link.attributes.get("rel")) for link in block.css("a")]
    assert links == [
        ("/series/voyages", None),
        ("/post/part-1", "prev"),
        ("/post/part-3", "next"),
    ]
    chinese = reader.get("/post/part-1?lang=zh-Hans").text
    assert "第 1 篇，共 3 篇" in chinese


def test_the_list_has_every_part_in_order_over_pages(blog: Flask) -> None:
    reader = browser(blog)
    first = LexborHTMLParser(reader.get("/series/voyages").text)
    assert [node.text().strip() for node in first.css(".card h2")] == ["Part 1", "Part 2"]
    assert "3 parts" in first.css_first("header.head").text()
    further = first.css_first('.pager a[rel="next"]').attributes["href"]
    second = LexborHTMLParser(reader.get(str(further)).text)
    assert [node.text().strip() for node in second.css(".card h2")] == ["Part 3"]
    assert second.css_first('.pager a[rel="prev"]')
    assert reader.get("/series/nowhere").status_code == 404


def test_a_series_without_a_public_part_is_not_there(blog: Flask) -> None:
    reader = browser(blog)
    assert "/series/voyages<" in reader.get("/sitemap-lists.xml").text
    with blog.app_context():
        db.session.add(Redirect(path="/series/trips", target="/series/voyages", created_at=NOW))
        db.session.commit()
    assert reader.get("/series/trips").location == "/series/voyages"
    with blog.app_context():
        for post in db.session.scalars(db.select(Post)).all():
            posts.trash(post.id, by=by_name("eve"), at=NOW)
    assert reader.get("/series/voyages").status_code == 404
    assert reader.get("/series/trips").status_code == 404
    assert reader.get("/series/voyages/feed.atom").status_code == 404
    assert "/series/voyages" not in reader.get("/sitemap-lists.xml").text


def test_a_series_has_feeds_with_the_newest_part_first(blog: Flask) -> None:
    reader = browser(blog)
    told = json.loads(reader.get("/series/voyages/feed.json").data)
    assert told["title"] == "Voyages & more - The Lantern"
    assert [item["title"] for item in told["items"]] == ["Part 1", "Part 2", "Part 3"]
    assert 'href="/series/voyages/feed.atom"' in reader.get("/series/voyages").text


def test_the_editor_puts_a_post_into_a_series(blog: Flask) -> None:
    writer = browser(blog, "alice")
    form = {"title": "Part 4", "source": "<p>x</p>", "language": "en", "category_id": "1"}
    made = send(writer, "/admin/posts/new", form | {"series": "Voyages & more", "part": ""})
    page = LexborHTMLParser(writer.get(made.location).text)
    assert page.css_first("#series").attributes["value"] == "Voyages & more"
    assert page.css_first("#part").attributes["value"] == "4"
    assert "Voyages & more" in [n.attributes["value"] for n in page.css("#known-series option")]
    # What a form does not send stays as it is.
    send(writer, made.location, form | {"version": "1"})
    assert (
        LexborHTMLParser(writer.get(made.location).text).css_first("#part").attributes["value"]
        == "4"
    )
    wrong = {"version": "2", "series": "Voyages & more", "part": "x"}
    refused = send(writer, made.location, form | wrong)
    assert refused.status_code == 422
    assert LexborHTMLParser(refused.text).css_first("#part").attributes["value"] == "x"


def test_an_editor_arranges_by_numbers_and_a_wrong_one_loses_nothing(blog: Flask) -> None:
    editor, address = browser(blog, "eve"), "/admin/series/1/edit"
    form = {"name": "Voyages", "slug": "voyages", "description": "", "part-1": "3", "part-2": "2"}
    refused = send(editor, address, form | {"part-3": "first"})
    assert (refused.status_code, 'value="first"' in refused.text) == (422, True)
    assert "The places of parts are whole numbers" in refused.text
    assert send(editor, address, form | {"part-3": "1"}).location == "/admin/series"
    listed = LexborHTMLParser(browser(blog).get("/series/voyages").text)
    assert [node.text().strip() for node in listed.css(".card h2")] == ["Part 3", "Part 2"]
    assert "Voyages" in editor.get("/admin/series").text
    assert send(editor, "/admin/series/1/deletion").location == "/admin/series"
    assert "There is no series yet" in editor.get("/admin/series").text
    assert editor.get(address).status_code == 404
