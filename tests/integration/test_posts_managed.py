"""The list of posts: what it is narrowed by, one filter or several."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from bluelog.extensions import db
from bluelog.models import Category, PostTag, Tag
from bluelog.queries import word_search
from bluelog.queries.managed import Wish, managed_page
from bluelog.queries.paging import Window
from tests.browsing import browser
from tests.making import long_ago, make_post

MARCH, APRIL = (datetime.fromisoformat(f"2025-0{month}-01T00:00+00:00") for month in (3, 4))
MONTH = (MARCH, APRIL)
IN_MARCH = datetime.fromisoformat("2025-03-15T12:00+00:00")


def titles(user: Any, size: int = 20, **wish: Any) -> list[str]:
    return [card.post.title for card in managed_page(user, Wish(**wish), Window(size)).items]


def test_an_author_is_chosen_by_those_who_see_everyones(cast: SimpleNamespace) -> None:
    make_post(cast.alice, "Hers")
    make_post(cast.bob, "His")
    assert titles(cast.eve, author_id=cast.bob.id) == ["His"]
    assert titles(cast.alice, author_id=cast.bob.id) == ["Hers"]


def test_a_month_is_that_of_publication_and_holds_what_is_scheduled(cast: SimpleNamespace) -> None:
    make_post(cast.alice, "In March", published_at=IN_MARCH)
    make_post(cast.alice, "At its first moment", published_at=MONTH[0])
    make_post(cast.alice, "In April", published_at=MONTH[1])
    make_post(cast.alice, "Hidden", status="private", published_at=IN_MARCH)
    for who in (cast.eve, cast.alice):
        assert titles(who, month=MONTH) == ["In March", "At its first moment"]
        assert titles(who, month=MONTH, status="private") == ["Hidden"]


def test_words_are_looked_for_in_title_and_address(cast: SimpleNamespace) -> None:
    make_post(cast.alice, "The Ferry", slug="boat")
    make_post(cast.alice, "渡船时刻表", slug="timetable")
    make_post(cast.alice, "100% wool")
    assert titles(cast.eve, words=("ferry",)) == ["The Ferry"]
    assert titles(cast.eve, words=("boat", "ferr")) == ["The Ferry"]
    assert titles(cast.eve, words=("渡船",)) == ["渡船时刻表"]
    assert titles(cast.eve, words=("table",)) == ["渡船时刻表"]
    assert titles(cast.eve, words=("0%",)) == ["100% wool"]
    assert titles(cast.eve, words=("_",)) == []


def test_filters_hold_together(cast: SimpleNamespace) -> None:
    other = Category(name="Other", name_key="other", slug="other")
    tag = Tag(name="Sea", name_key="sea", slug="sea")
    db.session.add_all([other, tag])
    db.session.commit()
    wanted = make_post(cast.alice, "Wanted", published_at=IN_MARCH, category_id=other.id)
    almost = make_post(cast.alice, "Almost", published_at=IN_MARCH)
    make_post(cast.bob, "Another's", published_at=IN_MARCH, category_id=other.id)
    for post in (wanted, almost):
        db.session.add(PostTag(post_id=post.id, tag_id=tag.id))
    db.session.commit()
    wish = {"category_id": other.id, "tag_id": tag.id, "month": MONTH, "words": ("want",)}
    for who in (cast.eve, cast.alice):
        assert titles(who, **wish, status="published") == ["Wanted"]
    assert titles(cast.eve, **wish, author_id=cast.bob.id) == []
    assert titles(cast.eve, tag_id=tag.id) == ["Almost", "Wanted"]


def test_trash_is_shown_only_when_asked_for(cast: SimpleNamespace) -> None:
    make_post(cast.alice, "Binned", status="trashed", published_at=IN_MARCH)
    for who in (cast.eve, cast.alice):
        assert titles(who) == []
        assert titles(who, status="trashed") == ["Binned"]
        assert titles(who, month=MONTH) == []


def test_a_search_goes_on_step_by_step_until_everything_was_looked_at(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_search, "MOST_SEARCHED", 3)
    for number in range(8):
        name = "Ferry" if number in (0, 1, 7) else "Walk"
        make_post(cast.alice, f"{name} {number}", updated_at=long_ago(10 - number))
    for who in (cast.eve, cast.alice):
        found, after = [], None
        while True:
            step = managed_page(who, Wish(words=("ferry",)), Window(1, after=after))
            found += [card.post.title for card in step.items]
            after = step.after
            if after is None:
                break
        assert found == ["Ferry 7", "Ferry 1", "Ferry 0"]


def test_the_list_keeps_its_filters_in_every_address(site: Flask) -> None:
    page = browser(site, "eve").get("/admin/posts?status=draft&month=2025-03&q=ferry")
    assert page.status_code == 200
    assert "month=2025-03&amp;q=ferry" in page.text
    assert "Drafts, 2025-03, ferry" in page.text
    assert "Clear the filters" in page.text


@pytest.mark.parametrize("month", ["May", "2025-13", "2025-00", "0000-01", "2025", "²025-01"])
def test_a_month_that_is_none_is_said_at_its_field(site: Flask, month: str) -> None:
    page = browser(site, "eve").get("/admin/posts", query_string={"month": month})
    assert page.status_code == 200
    assert "Write a month as in 2027-03." in page.text


@pytest.mark.parametrize(
    "query", ["status=nothing", "kind=nothing", "author=999", "category=999", "tag=999"]
)
def test_a_filter_by_what_is_not_there_is_not_found(site: Flask, query: str) -> None:
    assert browser(site, "eve").get(f"/admin/posts?{query}").status_code == 404


@pytest.mark.parametrize("number", ["²", "-1", str(2**31), str(2**63), "9" * 5000])
def test_a_filter_by_no_number_of_a_row_is_none(site: Flask, number: str) -> None:
    asked = dict.fromkeys(("author", "category", "tag"), number)
    assert browser(site, "eve").get("/admin/posts", query_string=asked).status_code == 200
