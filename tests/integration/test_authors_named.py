"""Several people write one post: who may be named, what they may then, where their names stand."""

import json
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from bluelog.errors import NotAllowed, NotFound, RuleBroken, VersionConflict
from bluelog.extensions import db
from bluelog.models import AccountStatus, CommentModerator, Post, PostAuthor, Revision
from bluelog.queries import posts as queries
from bluelog.queries.managed import Wish, managed_page
from bluelog.queries.paging import Window
from bluelog.queries.people import person_by_username, writers
from bluelog.services import posts
from bluelog.services.content import Content
from bluelog.services.merging import save_merged
from bluelog.services.restoring import restore_revision
from tests.browsing import browser
from tests.browsing import post as send
from tests.conftest import NOW
from tests.making import make_comment, make_post


def content(authors: str | None, **values: Any) -> Content:
    given = {"title": "The ferry", "source": "<p>It leaves at nine.</p>", "language": "en"}
    return Content(**given | values, authors=authors)


def named(post: Post) -> list[str | None]:
    return [author.username for author in queries.authors_of([post.id])[post.id]]


def save(post: Post, authors: str | None, by: Any) -> Post:
    return posts.save(post.id, content(authors), version=post.version, by=by, at=NOW)


def test_an_author_adds_others_in_an_order(cast: SimpleNamespace) -> None:
    post = posts.create(content("bob, alice"), by=cast.alice, at=NOW)
    assert named(post) == ["bob", "alice"]
    assert named(save(post, "Alice，carol、bob", cast.alice)) == ["alice", "carol", "bob"]
    assert named(save(post, None, cast.alice)) == ["alice", "carol", "bob"]
    assert named(save(post, "bob carol bob", cast.alice)) == ["bob", "carol"]


def test_who_is_added_may_edit_it_and_who_leaves_may_not(cast: SimpleNamespace) -> None:
    post = posts.create_published(content(None), by=cast.alice, at=NOW)
    with pytest.raises(NotFound):
        save(post, None, cast.bob)
    save(post, "alice, bob", cast.alice)
    [card] = managed_page(cast.bob, Wish(), Window(5)).items
    assert card.post.id == post.id
    assert save(post, "bob", cast.bob).version == 3
    with pytest.raises(NotFound):
        save(post, None, cast.alice)
    assert managed_page(cast.alice, Wish(), Window(5)).items == []


@pytest.mark.parametrize("typed", ["", " ", ",，", "nobody", "alice, rita", "alice, mallory"])
def test_no_stranger_is_added_and_the_last_author_stays(cast: SimpleNamespace, typed: str) -> None:
    post = posts.create(content(None), by=cast.alice, at=NOW)
    with pytest.raises(RuleBroken) as refusal:
        save(post, typed, cast.eve)
    assert refusal.value.field == "authors"
    assert named(post) == ["alice"]


def test_a_new_post_has_its_maker_unless_an_editor_makes_it(cast: SimpleNamespace) -> None:
    for person in (cast.alice, cast.carol):
        with pytest.raises(RuleBroken) as refusal:
            posts.create(content("bob"), by=person, at=NOW)
        assert refusal.value.field == "authors"
    assert named(posts.create(content("bob"), by=cast.eve, at=NOW)) == ["bob"]


def test_who_may_write_no_longer_may_stay_on_the_post(cast: SimpleNamespace) -> None:
    post = posts.create(content("alice, bob"), by=cast.alice, at=NOW)
    cast.bob.status = AccountStatus.DISABLED
    db.session.commit()
    assert named(save(post, "bob, alice", cast.alice)) == ["bob", "alice"]
    save(post, "alice", cast.alice)
    with pytest.raises(RuleBroken):
        save(post, "alice, bob", cast.alice)


def test_a_username_with_a_comma_is_understood(cast: SimpleNamespace) -> None:
    cast.bob.username = cast.bob.username_key = "bob,jr"
    db.session.commit()
    post = posts.create(content("alice, bob,jr"), by=cast.alice, at=NOW)
    assert named(post) == ["alice", "bob,jr"]


def test_a_contributor_gains_no_right_to_publish(cast: SimpleNamespace) -> None:
    post = posts.create(content("alice, carol"), by=cast.alice, at=NOW)
    with pytest.raises(NotAllowed):
        posts.publish(post.id, content(None), version=1, by=cast.carol, at=NOW)
    post = save(post, None, cast.carol)
    posts.publish(post.id, content(None), version=post.version, by=cast.alice, at=NOW)
    with pytest.raises(NotFound):
        save(post, None, cast.carol)
    make_comment(post, status="pending")
    with pytest.raises(NotFound):
        posts.trash(post.id, by=cast.carol, at=NOW)
    # An author who joins a contributor's draft may publish it, as any own one.
    hers = posts.create(content("carol, bob"), by=cast.carol, at=NOW)
    assert posts.publish(hers.id, content(None), version=1, by=cast.bob, at=NOW).published_at == NOW


def test_the_rows_that_lists_go_by_follow(cast: SimpleNamespace) -> None:
    post = posts.create_published(content(None), by=cast.alice, at=NOW)
    comment = make_comment(post)
    save(post, "alice, bob", cast.alice)
    row = db.session.get_one(PostAuthor, (post.id, cast.bob.id))
    assert (row.public_at, row.status, row.edited_at) == (NOW, "published", post.updated_at)
    assert db.session.get(CommentModerator, (cast.bob.id, comment.id)) is not None
    assert [c.post.id for c in queries.author_page(cast.bob, NOW, Window(5)).items] == [post.id]
    post = posts.withdraw(post.id, content("bob, alice"), version=post.version, by=cast.bob, at=NOW)
    assert set(db.session.scalars(db.select(PostAuthor.public_at))) == {None}
    posts.publish(post.id, content("bob"), version=post.version, by=cast.bob, at=NOW)
    assert db.session.scalars(db.select(PostAuthor.public_at)).all() == [NOW]
    assert db.session.get(CommentModerator, (cast.alice.id, comment.id)) is None


def test_going_back_in_the_history_leaves_the_authors_alone(cast: SimpleNamespace) -> None:
    post = posts.create(content(None), by=cast.alice, at=NOW)
    post = save(post, "alice, bob", cast.alice)
    assert [row.fields["authors"] for row in revisions_of(post)] == ["alice, bob", "alice"]
    restore_revision(post.id, 1, by=cast.bob, at=NOW)
    assert named(post) == ["alice", "bob"]


def test_who_was_added_meanwhile_stays_on_the_post(cast: SimpleNamespace) -> None:
    post = posts.create(content(None), by=cast.alice, at=NOW)
    save(post, "alice, bob", cast.eve)
    options: dict[str, Any] = {"version": 1, "by": cast.alice, "at": NOW}
    save_merged(posts.save, post.id, content("alice", excerpt="Short."), **options)
    assert named(post) == ["alice", "bob"]


def revisions_of(post: Post) -> Sequence[Revision]:
    of_post = db.select(Revision).where(Revision.post_id == post.id)
    return db.session.scalars(of_post.order_by(Revision.number.desc())).all()


def test_the_same_submission_with_other_authors_is_not_taken_for_done(
    cast: SimpleNamespace,
) -> None:
    options: dict[str, Any] = {"by": cast.alice, "at": NOW, "submission_id": "submission-of-a-test"}
    made = posts.create(content("alice, bob"), **options)
    assert posts.create(content("alice, bob"), **options).id == made.id
    with pytest.raises(VersionConflict):
        posts.create(content("bob, alice"), **options)


def test_all_names_stand_wherever_the_post_is_shown(site: Flask) -> None:
    with site.app_context():
        alice = person_by_username("alice")
        assert alice is not None
        post = make_post(alice, "The ferry")
        save(post, "bob, alice", alice)
    reader = browser(site)
    for path in ("/", "/post/the-ferry", "/author/alice", "/author/bob", "/category/general"):
        shown = LexborHTMLParser(reader.get(path).text).css(".meta .p-author")
        assert [name.text() for name in shown] == ["Bob", "Alice"], path
    data = LexborHTMLParser(reader.get("/post/the-ferry").text).css_first(
        'script[type="application/ld+json"]'
    )
    graph = json.loads(data.text())["@graph"]
    assert [author["name"] for author in graph[0]["author"]] == ["Bob", "Alice"]
    [item] = json.loads(reader.get("/author/bob/feed.json").data)["items"]
    assert [author["name"] for author in item["authors"]] == ["Bob", "Alice"]


def test_the_editor_shows_who_wrote_it_and_takes_others(site: Flask) -> None:
    with site.app_context():
        alice = person_by_username("alice")
        assert alice is not None
        post_id = make_post(alice, "The ferry", status="draft").id
        assert [name.username for name in writers()] == ["ada", "alice", "bob", "carol", "eve"]
    writer, address = browser(site, "alice"), f"/admin/posts/{post_id}/edit"
    form = {"title": "The ferry", "source": "<p>x</p>", "language": "en", "category_id": "1"}
    assert field(writer.get(address).text) == "alice"
    assert field(writer.get("/admin/posts/new").text) == "alice"
    refused = send(writer, address, form | {"version": "1", "authors": "alice, nemo"})
    assert (refused.status_code, field(refused.text)) == (422, "alice, nemo")
    assert "Nobody of this username writes here: nemo" in refused.text
    # What a form does not send stays as it is.
    assert send(writer, address, form | {"version": "1"}).status_code == 303
    assert field(writer.get(address).text) == "alice"
    assert send(writer, address, form | {"version": "2", "authors": "bob, alice"}).location
    assert field(writer.get(address).text) == "bob, alice"
    left = send(writer, address, form | {"version": "3", "authors": "bob"})
    assert (left.status_code, left.location) == (303, "/admin/posts")
    assert writer.get(address).status_code == 404


def test_a_page_of_the_blog_has_no_such_field(site: Flask) -> None:
    assert (
        "authors"
        not in browser(site, "eve")
        .get("/admin/posts/new?kind=page")
        .text.split('id="editor"')[1]
        .split("</form>")[0]
    )


def field(page: str) -> str | None:
    [found] = LexborHTMLParser(page).css('input[name="authors"]')
    return found.attributes.get("value")
