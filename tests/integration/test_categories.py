"""Categories: what they count, and what makes two names the same."""

import time
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import Category, Post, PostStatus, User
from bluelog.services import categories
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.making import make_post
from tests.racing import at_once


@pytest.fixture
def travel(cast: SimpleNamespace) -> Category:
    return categories.create("Travel", by=cast.eve, at=NOW)


def default() -> Category:
    return db.session.scalars(select(Category).where(Category.is_default)).one()


def filed_in(cast: SimpleNamespace, category: Category, title: str, status: str) -> Post:
    made = make_post(cast.alice, title, category_id=category.id, status=status)
    # making.py counts every post in the default category.
    if status == PostStatus.PUBLISHED and not category.is_default:
        for row, step in ((default(), -1), (category, 1)):
            row.post_count += step
        db.session.commit()
    return made


def test_the_posts_of_a_deleted_category_are_counted_where_they_went(
    cast: SimpleNamespace, travel: Category
) -> None:
    filed_in(cast, default(), "At home", "published")
    filed_in(cast, travel, "Over there", "published")
    filed_in(cast, travel, "Not yet", "draft")
    filed_in(cast, travel, "For nobody", "private")
    assert (default().post_count, travel.post_count) == (1, 1)
    categories.delete(travel.id, by=cast.eve, at=NOW)
    assert default().post_count == 2
    assert db.session.scalar(select(func.count()).where(Post.category_id == default().id)) == 4


def test_a_post_that_leaves_readers_while_its_category_is_deleted_is_not_counted(
    context: Flask, cast: SimpleNamespace, travel: Category
) -> None:
    """The count that was read before is then no longer true."""
    made = filed_in(cast, travel, "Over there", "published")
    post_id, category_id, eve = made.id, travel.id, cast.eve

    def take_from_readers() -> None:
        with db.engine.connect().execution_options(bluelog_writes=True) as held:
            held.execute(update(Post).where(Post.id == post_id).values(status=PostStatus.PRIVATE))
            time.sleep(0.6)  # Meanwhile the other has read the counts, where readers need not wait.
            held.execute(update(Category).where(Category.id == category_id).values(post_count=0))
            held.commit()

    def delete_meanwhile() -> None:
        time.sleep(0.2)
        categories.delete(category_id, by=eve, at=NOW)

    db.session.rollback()
    assert at_once(context, take_from_readers, delete_meanwhile) == [None, None]
    assert db.session.get_one(Post, post_id).category_id == default().id
    assert default().post_count == 0


# 42 characters as they are typed; each stands for eighteen where names are compared.
LIGATURES = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 42


def test_a_name_that_unfolds_to_something_too_long_is_refused_at_its_field(
    site: Flask,
) -> None:
    answer = post(browser(site, "eve"), "/admin/categories/new", {"name": LIGATURES})
    assert answer.status_code == 422
    assert LIGATURES in answer.text
    assert 'aria-invalid="true"' in answer.text
    with site.app_context():
        assert db.session.scalars(select(Category.name)).all() == ["General"]


@pytest.mark.parametrize("same", ["TRAVEL", "ｔｒａｖｅｌ", " travel "])
def test_names_that_read_the_same_are_the_same(
    cast: SimpleNamespace, travel: Category, same: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        categories.create(same, by=cast.eve, at=NOW)
    assert refused.value.field == "name"
    # Its own name is no clash.
    categories.change(travel.id, "TRAVEL", slug="", by=cast.eve, at=NOW)
    assert db.session.get_one(Category, travel.id).name == "TRAVEL"


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 0, "0 posts"),
        ("en", 1, "1 post<"),
        ("en", 2, "2 posts"),
        ("zh-Hans", 0, "0 篇文章"),
        ("zh-Hans", 1, "1 篇文章"),
        ("zh-Hans", 2, "2 篇文章"),
    ],
)
def test_a_category_says_how_many_posts_it_has(
    site: Flask, language: str, count: int, said: str
) -> None:
    with site.app_context():
        alice = db.session.scalars(select(User).where(User.username == "alice")).one()
        for n in range(count):
            make_post(alice, f"Post {n}")
    page = browser(site).get(f"/category/general?lang={language}").text
    heading = page.partition('<header class="head">')[2].partition("</header>")[0]
    assert said in heading


def test_the_posts_of_one_category_are_listed_from_its_count(site: Flask) -> None:
    with site.app_context():
        people = {user.username: user for user in db.session.scalars(select(User))}
        cast = SimpleNamespace(**people)
        travel = categories.create("Travel", by=cast.eve, at=NOW)
        category_id = travel.id
        filed_in(cast, travel, "Far away", "published")
        filed_in(cast, default(), "At home", "published")
    client = browser(site, "eve")
    address = f"/admin/posts?category={category_id}"
    assert f'href="{address}"' in client.get("/admin/categories").text
    listed = client.get(address).text
    assert "Far away" in listed
    assert "At home" not in listed
    assert client.get("/admin/posts?category=999").status_code == 404
