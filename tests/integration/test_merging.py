"""Two people save one post: what does not overlap is put together, what does is shown."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.queries.people import person_by_username
from bluelog.queries.posts import usernames_on
from bluelog.services import posts
from bluelog.services.content import Content
from bluelog.services.merging import Overlapping, put_together, save_merged
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.typing_in import controls

TEXT = "<p>The ferry leaves at nine o'clock sharp.</p><p>It is blue.</p><p>The end.</p>"


def content(source: str = TEXT, title: str = "The ferry", **more: Any) -> Content:
    return Content(title=title, source=source, language="en", **more)


def saved_by_both(cast: SimpleNamespace, theirs: Content, mine: Content, verb: Any = posts.save):
    made = posts.create(content(), by=cast.alice, at=NOW)
    posts.save(made.id, theirs, version=1, by=cast.eve, at=NOW)
    return save_merged(verb, made.id, mine, version=1, by=cast.alice, at=NOW)


def test_changes_apart_are_both_saved(cast: SimpleNamespace) -> None:
    theirs, mine = content(TEXT.replace("blue", "green")), content(TEXT.replace("end", "start"))
    saved = saved_by_both(cast, theirs, mine)
    assert saved.post.plain.split("\n")[1:] == ["It is green.", "The start."]
    assert saved.together is not None
    assert (saved.together.places, saved.post.version) == (1, 3)


def test_each_field_is_put_together_by_itself(cast: SimpleNamespace) -> None:
    theirs = content(title="The bus", excerpt="Short", slug="the-ferry")
    saved = saved_by_both(cast, theirs, content(TEXT.replace("blue", "red"), slug="ferries"))
    assert (saved.post.title, saved.post.excerpt, saved.post.slug) == (
        "The bus",
        "Short",
        "ferries",
    )
    assert set(saved.together.taken) == {"title", "excerpt"}


def test_the_same_place_is_left_to_people_and_nothing_is_changed(cast: SimpleNamespace) -> None:
    theirs, mine = content(TEXT.replace("blue", "green")), content(TEXT.replace("blue", "red"))
    with pytest.raises(Overlapping) as conflict:
        saved_by_both(cast, theirs, mine)
    [overlap] = conflict.value.together.overlaps
    assert (overlap.mine, overlap.theirs) == ("<p>It is red.</p>", "<p>It is green.</p>")
    assert db.session.scalars(db.select(Post.plain)).one().split("\n")[1] == "It is green."


def test_two_titles_are_left_to_people(cast: SimpleNamespace) -> None:
    with pytest.raises(Overlapping) as conflict:
        saved_by_both(cast, content(title="The bus"), content(title="The tram"))
    assert conflict.value.together.clashes == {"title": ("The tram", "The bus")}


def test_whom_either_added_is_among_the_authors(cast: SimpleNamespace) -> None:
    begun = content(authors="alice")
    saved = saved_over(cast, begun, content(authors="alice, bob"), content(authors="alice, carol"))
    assert usernames_on(saved.post) == "alice, carol, bob"
    assert saved.together.taken == ("authors",)
    both = content(authors="alice, bob")
    left = put_together(both, content(authors="alice"), content(authors="bob"))
    assert left.content.authors == "alice", "somebody has to be"
    assert left.replaced == ("authors",)


def test_two_series_are_left_to_people(cast: SimpleNamespace) -> None:
    with pytest.raises(Overlapping) as conflict:
        saved_over(cast, content(), content(series="Voyages"), content(series="Ferries"))
    assert conflict.value.together.clashes == {"series": ("Ferries", "Voyages")}


def test_what_was_made_private_meanwhile_is_not_published_by_a_merge(cast: SimpleNamespace) -> None:
    made = posts.create(content(), by=cast.alice, at=NOW)
    posts.make_private(made.id, content(), version=1, by=cast.eve, at=NOW)
    mine = content(TEXT.replace("blue", "red"))
    with pytest.raises(Overlapping) as conflict:
        save_merged(posts.publish, made.id, mine, version=1, by=cast.alice, at=NOW)
    assert conflict.value.together is None
    saved = save_merged(posts.save, made.id, mine, version=1, by=cast.alice, at=NOW)
    assert (saved.post.status, "red" in saved.post.plain) == ("private", True)


def test_a_version_nobody_knows_is_no_beginning(cast: SimpleNamespace) -> None:
    made = posts.create(content(), by=cast.alice, at=NOW)
    with pytest.raises(Overlapping) as conflict:
        save_merged(posts.save, made.id, content("<p>x</p>"), version=0, by=cast.alice, at=NOW)
    assert conflict.value.together is None


MARKDOWN = "The ferry leaves at nine o'clock sharp.\n\nIt is blue.\n\nThe end.\n"


def in_markdown(source: str = MARKDOWN, **more: Any) -> Content:
    return content(source, source_format="markdown", **more)


def saved_over(cast: SimpleNamespace, begun: Content, theirs: Content, mine: Content) -> Any:
    made = posts.create(begun, by=cast.alice, at=NOW)
    posts.save(made.id, theirs, version=1, by=cast.eve, at=NOW)
    return save_merged(posts.save, made.id, mine, version=1, by=cast.alice, at=NOW)


def test_a_word_changed_in_markdown_is_put_into_what_was_made_rich_text(
    cast: SimpleNamespace,
) -> None:
    mine = in_markdown(MARKDOWN.replace("blue", "*red*"))
    saved = saved_over(cast, in_markdown(), content(TEXT.replace("end", "start")), mine)
    assert saved.post.source_format == "html"
    assert "<p>It is <em>red</em>.</p>\n<p>The start.</p>" in saved.post.source
    assert "source_format" in saved.together.taken


def test_and_the_other_way_round(cast: SimpleNamespace) -> None:
    mine = in_markdown(MARKDOWN.replace("blue", "*red*"))
    saved = saved_over(cast, content(), content(TEXT.replace("end", "start")), mine)
    assert saved.post.source_format == "markdown"
    assert "It is *red*.\n\nThe start." in saved.post.source


def test_both_may_change_the_format(cast: SimpleNamespace) -> None:
    mine = in_markdown(MARKDOWN.replace("blue", "red"))
    saved = saved_over(cast, content(), in_markdown(MARKDOWN.replace("end", "start")), mine)
    assert "It is red.\n\nThe start." in saved.post.source


def test_a_text_that_was_only_converted_is_taken_with_its_format(cast: SimpleNamespace) -> None:
    saved = saved_over(cast, content(), in_markdown(), content(title="The bus"))
    assert (saved.post.title, saved.post.source_format) == ("The bus", "markdown")
    assert saved.post.source == MARKDOWN


@pytest.fixture
def lossy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rich text does not come through as Markdown."""
    monkeypatch.setattr("bluelog.text.convert.html_to_markdown", lambda _html: "gone")


@pytest.mark.usefixtures("lossy")
def test_what_cannot_be_converted_whole_stays_in_its_own_format(cast: SimpleNamespace) -> None:
    mine = content(TEXT.replace("blue", "red"))
    with pytest.raises(Overlapping) as conflict:
        saved_over(cast, content(TEXT), in_markdown(), mine)
    together = conflict.value.together
    assert (together.content.source, together.content.source_format) == (mine.source, "html")
    [overlap] = together.overlaps
    assert (overlap.theirs, overlap.formats) == (MARKDOWN, ("html", "markdown"))


words = st.lists(st.sampled_from(["one", "two", "three", "four"]), min_size=1, max_size=6)
paragraphs = st.lists(words, min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(
    paragraphs,
    st.lists(st.tuples(st.sampled_from("mt"), st.integers(0, 60)), max_size=10),
    st.tuples(*[st.sampled_from(["html", "markdown"])] * 3),
)
def test_both_authors_words_are_in_the_post_or_side_by_side(
    begun: Any, edits: Any, formats: Any
) -> None:
    texts = {side: [list(paragraph) for paragraph in begun] for side in "bmt"}
    for number, (side, place) in enumerate(edits):
        paragraph = texts[side][place % len(begun)]
        paragraph[place % len(paragraph)] = f"{side}{number}"
    base, mine, theirs = (
        content(_written(texts[side], its), source_format=its)
        for side, its in zip("bmt", formats, strict=True)
    )
    together = put_together(base, mine, theirs)
    shown = together.content.source + str(together.overlaps)
    added = {word for side in "mt" for par in texts[side] for word in par if word[0] == side}
    assert [
        word for word in added - {"two", "three"} if word[-1].isdigit() and word not in shown
    ] == []
    assert ("<p>" in together.content.source) == (together.content.source_format == "html")
    for overlap in together.overlaps:
        told = zip((overlap.mine, overlap.theirs), overlap.formats, strict=True)
        assert all(("<p>" in text) == (its == "html") for text, its in told if text)


def _written(text: list[list[str]], source_format: str) -> str:
    if source_format == "markdown":
        return "\n\n".join(" ".join(paragraph) for paragraph in text)
    return "".join(f"<p>{' '.join(paragraph)}</p>" for paragraph in text)


@pytest.fixture
def edited(site: Flask) -> int:
    """Alice's post of one version."""
    with site.app_context():
        return posts.create(content(), by=person_by_username("alice"), at=NOW).id


def both_open(site: Flask, post_id: int) -> Any:
    """Alice's and Eve's browsers with the same version in the editor."""
    path = f"/admin/posts/{post_id}/edit"
    clients = [browser(site, who) for who in ("alice", "eve")]
    return path, [(client, controls(client.get(path).text, "#editor")) for client in clients]


def test_who_saves_second_is_told_what_was_put_together(site: Flask, edited: int) -> None:
    path, [(alice, hers), (eve, theirs)] = both_open(site, edited)
    post(eve, path, theirs | {"title": "The bus", "source": TEXT.replace("blue", "green")})
    answer = post(alice, path, hers | {"source": TEXT.replace("end", "start")})
    assert answer.status_code == 303
    page = alice.get(answer.location).text
    assert "Eve had saved this meanwhile" in page
    assert "Title, 1 place in the text" in page
    assert "It is green." in page
    assert "The start." in page


def test_who_saves_second_is_told_whose_choice_was_replaced(site: Flask, edited: int) -> None:
    path, [(alice, hers), (eve, theirs)] = both_open(site, edited)
    series = {"series": "Voyages"}
    for client, its, number in ((eve, theirs, "2"), (alice, hers, "3")):
        answer = post(client, path, its | series | {"part": number})
        assert answer.status_code == 303
    page = alice.get(answer.location).text
    assert "Eve had saved this meanwhile. Yours took the place of theirs: Part." in page


def test_an_overlap_is_shown_side_by_side_and_saved_when_decided(site: Flask, edited: int) -> None:
    path, [(alice, hers), (eve, theirs)] = both_open(site, edited)
    there = TEXT.replace("blue", "green").replace("end", "start")
    post(eve, path, theirs | {"source": there})
    answer = post(alice, path, hers | {"source": TEXT.replace("blue", "red")})
    assert answer.status_code == 409
    shown = controls(answer.text, "#editor")
    assert "It is red." in shown["source"]
    assert "The start." in shown["source"]
    assert "<mark>red</mark>" in answer.text
    assert "<mark>green</mark>" in answer.text
    assert post(alice, path, shown).status_code == 303
    with site.app_context():
        assert "It is red.\nThe start." in db.session.get_one(Post, edited).plain
    revision = alice.get(f"/admin/posts/{edited}/revisions/2").text
    assert "green" in revision


def test_two_titles_stand_side_by_side(site: Flask, edited: int) -> None:
    path, [(alice, hers), (eve, theirs)] = both_open(site, edited)
    post(eve, path, theirs | {"title": "The <bus>"})
    answer = post(alice, path, hers | {"title": "The tram"})
    assert answer.status_code == 409
    assert controls(answer.text, "#editor")["title"] == "The tram"
    assert "&lt;<b>bus</b>&gt;" in answer.text or "<b>&lt;bus&gt;</b>" in answer.text


@pytest.mark.usefixtures("lossy")
def test_who_wrote_in_another_format_saves_text_and_format_that_fit(
    site: Flask, edited: int
) -> None:
    path, [(alice, hers), (eve, theirs)] = both_open(site, edited)
    post(eve, path, theirs | {"source": MARKDOWN, "source_format": "markdown"})
    answer = post(alice, path, hers | {"source": TEXT.replace("blue", "red")})
    assert answer.status_code == 409
    shown = controls(answer.text, "#editor")
    assert (shown["source"], shown["source_format"]) == (TEXT.replace("blue", "red"), "html")
    assert "js/editor-settings" in answer.text
    assert "&lt;p&gt;" not in answer.text.partition('id="editor"')[0]
    post(alice, path, shown)
    with site.app_context():
        assert db.session.get_one(Post, edited).html.startswith("<p>The ferry")


def test_without_a_common_beginning_each_text_is_read_in_its_format(
    site: Flask, edited: int
) -> None:
    path, [(alice, hers), (eve, theirs)] = both_open(site, edited)
    post(eve, path, theirs | {"source": MARKDOWN, "source_format": "markdown"})
    answer = post(alice, path, hers | {"version": "0", "source": TEXT.replace("blue", "red")})
    assert answer.status_code == 409
    assert controls(answer.text, "#editor")["source_format"] == "html"
    assert "&lt;p&gt;" not in answer.text.partition('id="editor"')[0]
