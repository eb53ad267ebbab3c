"""A comment as strangers see it is made once, for as long as nothing of it changes."""

from collections.abc import Iterator

import pytest
from flask import Flask

from bluelog.extensions import db
from bluelog.models import Comment, Post, User
from bluelog.web import templating
from bluelog.web.forms import Form
from tests.browsing import browser
from tests.kept import forget
from tests.making import make_comment, make_post


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    templating._remark.cache_clear()
    yield
    templating._remark.cache_clear()


@pytest.fixture
def post_id(site: Flask) -> int:
    with site.app_context():
        alice = db.session.scalars(db.select(User).where(User.username == "alice")).one()
        post = make_post(alice)
        for number in range(4):
            make_comment(post, f"Word {number}")
        return post.id


def made() -> int:
    return templating._remark.cache_info().misses


def stranger(site: Flask, query: str = "") -> str:
    answer = site.test_client().get(f"/post/a-post{query}")
    assert answer.status_code == 200
    return answer.text


def test_a_new_comment_leaves_the_others_as_they_are(site: Flask, post_id: int) -> None:
    first = stranger(site)
    assert made() == 4
    with site.app_context():
        make_comment(db.session.get_one(Post, post_id), "Word 4")
    second = stranger(site)
    assert made() == 5
    assert all(f"Word {number}" in second for number in range(5))
    assert "Word 4" not in first


CHANGES = {
    "body": ("UPDATE comment SET html = 'Mended' WHERE id = {comment}", "Mended"),
    "name": ("UPDATE comment SET name = 'Grete' WHERE id = {comment}", "Grete"),
    "removed": ("UPDATE comment SET status = 'trashed' WHERE id = {comment}", None),
    "zone": ("UPDATE site SET time_zone = 'Asia/Shanghai'", "+08:00"),
    "rights": ("UPDATE comment SET from_staff = true WHERE id = {comment}", ">Staff<"),
    "author": ("UPDATE comment SET user_id = {alice}, name = '' WHERE id = {comment}", ">Author<"),
    "answers": (
        "UPDATE comment SET parent_id = id + 1, thread_id = id + 2 WHERE id = {comment}",
        "in reply to Guest",
    ),
    "closed": ("UPDATE post SET comments_open = false WHERE id = {post}", None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_is_made_anew(site: Flask, post_id: int, change: str) -> None:
    before = stranger(site)
    statement, word = CHANGES[change]
    with site.app_context():
        comment = db.session.scalars(db.select(Comment.id)).first()
        alice = db.session.scalars(db.select(User.id).where(User.username == "alice")).one()
        changed = statement.format(comment=comment, post=post_id, alice=alice)
        db.session.execute(db.text(changed))
        db.session.commit()
    forget(site)  # no session saw it
    after = stranger(site)
    assert after != before
    if change == "zone":
        assert "+00:00" in before
        assert "+00:00" not in after
    if word:
        assert word not in before
        assert word in after
    elif change == "closed":
        assert "/reply" in before
        assert "/reply" not in after
    else:
        assert before.count('class="comment') == after.count('class="comment') + 1


def test_each_language_has_its_own(site: Flask, post_id: int) -> None:
    english, chinese = stranger(site), stranger(site, "?lang=zh-Hans")
    assert 'aria-label="Reply to ' in english
    assert 'aria-label="Reply to ' not in chinese


def test_who_moderates_has_forms_of_their_own(site: Flask, post_id: int) -> None:
    stranger(site)
    own = browser(site, "alice").get("/post/a-post").text
    assert own.count('name="id"') == 4
    assert 'name="id"' not in stranger(site)


def test_a_long_comment_is_not_remembered(site: Flask, post_id: int) -> None:
    with site.app_context():
        make_comment(db.session.get_one(Post, post_id), "Long " * 500)
    assert "Long Long" in stranger(site)
    assert made() == 4


def test_the_fields_own_words_are_in_the_visitors_language(site: Flask) -> None:
    said = {}
    for language in ("en", "zh-Hans"):
        with site.test_request_context(f"/?lang={language}"):
            said[language] = Form().meta.get_translations(None).gettext("This field is required.")
    assert said["en"] == "This field is required."
    assert said["zh-Hans"] == "该字段是必填字段。"
