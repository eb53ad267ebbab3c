"""Lists by position: what lies before, what lies after, what is gone."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from bluelog.errors import NotFound
from bluelog.queries import posts
from bluelog.queries.paging import EmptyPage, Window
from bluelog.services import posts as verbs
from tests.conftest import NOW
from tests.making import make_post


def titles(window: Window) -> list[str]:
    return [card.post.title for card in posts.public_page(NOW, window).items]


def test_posts_of_one_moment_are_each_shown_once(cast: SimpleNamespace) -> None:
    at = NOW - timedelta(days=1)
    made = [make_post(cast.alice, f"Post {n}", published_at=at).title for n in range(7)]
    seen, window = [], Window(2)
    while True:
        page = posts.public_page(NOW, window)
        seen += [card.post.title for card in page.items]
        if page.after is None:
            break
        window = Window(2, after=page.after)
    assert seen == made[::-1]
    back = posts.public_page(NOW, Window(2, before=page.before))
    assert [card.post.title for card in back.items] == seen[4:6]


def test_a_page_never_leads_to_one_that_is_empty(cast: SimpleNamespace) -> None:
    made = [
        make_post(cast.alice, f"Post {n}", published_at=NOW - timedelta(days=9 - n))
        for n in range(4)
    ]
    first = posts.public_page(NOW, Window(2))
    second = posts.public_page(NOW, Window(2, after=first.after))
    for post in made[:2]:
        verbs.trash(post.id, by=cast.alice, at=NOW)
    page = posts.public_page(NOW, Window(2, before=second.before))
    assert (len(page.items), page.before, page.after) == (2, None, None)


def test_the_last_page_is_found_from_the_end_and_only_backwards(cast: SimpleNamespace) -> None:
    for n in range(3):
        make_post(cast.alice, f"Post {n}", published_at=NOW - timedelta(days=9 - n))
    assert titles(Window(2, before="end")) == ["Post 1", "Post 0"]
    with pytest.raises(NotFound):
        titles(Window(2, after="end"))


def test_what_was_never_a_position_is_not_found(cast: SimpleNamespace) -> None:
    for position in ("", "x", "1", "1.x", "1.2.3", f"1.{10**20}", "9" * 30 + ".1", "-1.-1.-1"):
        with pytest.raises(NotFound):
            titles(Window(2, after=position))


def test_a_position_past_everything_is_an_empty_page(cast: SimpleNamespace) -> None:
    make_post(cast.alice)
    with pytest.raises(EmptyPage):
        titles(Window(2, after="0.1"))
