"""Addresses made from titles, where they are taken."""

from types import SimpleNamespace

from sqlalchemy import insert

from bluelog.extensions import db
from bluelog.models import Category, Post
from bluelog.services import categories, posts
from bluelog.services.content import Content
from tests.conftest import NOW
from tests.making import make_post

MANY = 1100


def test_a_title_is_never_used_up(cast: SimpleNamespace) -> None:
    make_post(cast.alice, "Diary")
    row = {"kind": "post", "language": "en", "title": "Diary", "created_at": NOW, "updated_at": NOW}
    taken = ["diary-en", *(f"diary-{n}" for n in range(2, MANY))]
    db.session.execute(insert(Post), [row | {"slug": slug} for slug in taken])
    db.session.commit()
    made = posts.create(Content("Diary", "<p>Words.</p>", "en"), by=cast.alice, at=NOW)
    assert made.slug == f"diary-{MANY}"


def test_nor_is_the_name_of_a_category(cast: SimpleNamespace) -> None:
    taken = ["diary", *(f"diary-{n}" for n in range(2, MANY))]
    rows = [{"name": slug, "name_key": f"key-{slug}", "slug": slug} for slug in taken]
    db.session.execute(insert(Category), [row | {"is_default": False} for row in rows])
    db.session.commit()
    assert categories.create("Diary", by=cast.eve, at=NOW).slug == f"diary-{MANY}"


def test_a_number_is_added_to_a_title_of_any_length(cast: SimpleNamespace) -> None:
    content = Content("word " * 40, "<p>Words.</p>", "zh-Hans")
    made = [posts.create(content, by=cast.alice, at=NOW).slug for _ in range(12)]
    assert len(set(made)) == len(made)
    assert max(map(len, made)) <= 80
