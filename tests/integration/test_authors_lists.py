"""What authors' lists go by is kept in step with their posts; counts stop where it is said."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from bluelog.extensions import db
from bluelog.models import Post, PostAuthor, PostStatus
from bluelog.queries import counting
from bluelog.queries import posts as queries
from bluelog.queries.managed import Wish, managed_page
from bluelog.queries.paging import Window
from bluelog.services import posts
from bluelog.web.templating import counted
from tests.conftest import NOW
from tests.making import make_post


def assert_in_step() -> None:
    db.session.expire_all()
    for row in db.session.scalars(db.select(PostAuthor)):
        post = db.session.get_one(Post, row.post_id)
        assert (row.status, row.edited_at) == (post.status, post.updated_at)


def test_every_change_of_a_post_reaches_its_authors_row(cast: SimpleNamespace) -> None:
    post = posts.create(posts.Content("Begun", "<p>Words.</p>", "en"), by=cast.alice, at=NOW)
    assert_in_step()
    for number, verb in enumerate((posts.trash, posts.restore, posts.trash)):
        verb(post.id, by=cast.alice, at=NOW + timedelta(minutes=number + 1))
        assert_in_step()
    assert db.session.scalars(db.select(PostAuthor.status)).all() == ["trashed"]


def test_an_author_sees_own_posts_last_edited_first(cast: SimpleNamespace) -> None:
    for number, person in enumerate((cast.alice, cast.bob, cast.alice, cast.bob)):
        edited = NOW + timedelta(hours=number)
        make_post(person, f"Number {number}", updated_at=edited, status="draft")
    binned = make_post(cast.alice, "Binned", status="trashed")
    pages = [managed_page(cast.alice, Wish(), Window(1))]
    while pages[-1].after:
        pages.append(managed_page(cast.alice, Wish(), Window(1, after=pages[-1].after)))
    titles = [card.post.title for page in pages for card in page.items]
    assert titles == ["Number 2", "Number 0"]
    [card] = managed_page(cast.alice, Wish(status=PostStatus.TRASHED), Window(5)).items
    assert card.post.id == binned.id
    assert queries.managed_counts(cast.alice) == {"draft": 2, "trashed": 1}
    assert queries.managed_counts(cast.ada) == {"draft": 4, "trashed": 1}


def test_a_contributor_has_no_published_posts_to_edit(cast: SimpleNamespace) -> None:
    make_post(cast.carol, "Out")
    make_post(cast.carol, "In", status="draft")
    [card] = managed_page(cast.carol, Wish(), Window(5)).items
    assert card.post.title == "In"
    assert queries.managed_counts(cast.carol) == {"draft": 1}


def test_more_than_is_counted_is_shown_as_more(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    for number in range(5):
        make_post(cast.alice, f"Number {number}")
    assert queries.managed_counts(cast.ada) == {"published": 3}
    assert counted(1000) == "1000"
    assert counted(1001) == "1000+"
