"""A cover is chosen without scripts, and what was typed goes along."""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.services import posts
from bluelog.services.content import Content
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.pictures import keep, photograph

TYPED = {
    "title": "Half <written>",
    "source": "<p>One.</p>\n<p>“Two” & three.</p>",
    "language": "en",
    "excerpt": "First\nsecond",
    "comments_open": "y",
    "submission_id": "s" * 20,
}


@pytest.fixture
def alice(site: Flask) -> FlaskClient:
    return browser(site, "alice")


def fields(page: str) -> dict[str, Any]:
    """The hidden fields of the first form of the page's own content."""
    form = page.partition("<main")[2].partition('method="post"')[2].partition("</form>")[0]
    found = re.findall(r'type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def test_what_was_typed_comes_back_with_the_cover(
    site: Flask, alice: FlaskClient, cast: SimpleNamespace
) -> None:
    upload_id = keep(photograph(), cast.alice).id
    db.session.rollback()
    chooser = post(alice, "/admin/posts/covers", TYPED)
    assert chooser.status_code == 200
    assert f'value="{upload_id}"' in chooser.text
    carried = fields(chooser.text)
    assert carried == TYPED
    editor = post(alice, "/admin/posts/unsaved", carried | {"cover_id": upload_id})
    assert editor.status_code == 200
    assert "Half &lt;written&gt;</textarea>" in editor.text
    assert "Not saved yet" in editor.text
    assert re.search(rf'name="cover_id"\s+value="{upload_id}"', editor.text)
    with site.app_context():
        assert db.session.scalars(db.select(Post)).all() == []


def test_the_search_and_the_way_on_keep_what_was_typed(
    alice: FlaskClient, cast: SimpleNamespace
) -> None:
    for number in range(26):
        keep(photograph(300, 200, seed=number), cast.alice, f"night {number}.jpg")
    found = post(alice, "/admin/posts/covers", TYPED | {"cover_search": "night 7"}).text
    assert "night 7.jpg" in found
    assert "night 8.jpg" not in found
    assert fields(found) == TYPED
    first = post(alice, "/admin/posts/covers", TYPED).text
    after = re.search(r'name="cover_after"\s+value="(\d+)"', first)
    assert after
    older = post(alice, "/admin/posts/covers", TYPED | {"cover_after": after[1]}).text
    assert "night 0.jpg" in older
    assert "night 25.jpg" not in older
    assert fields(older) == TYPED


def test_a_post_keeps_its_version_on_the_way(alice: FlaskClient, cast: SimpleNamespace) -> None:
    upload_id = keep(photograph(), cast.alice).id
    made = posts.create(Content("Mine", "<p>One.</p>", "en"), by=cast.alice, at=NOW)
    post_id, typed = made.id, TYPED | {"version": str(made.version)}
    db.session.rollback()
    chooser = post(alice, f"/admin/posts/covers?post={post_id}", typed)
    form = fields(chooser.text) | {"cover_id": upload_id}
    back = post(alice, f"/admin/posts/unsaved?post={post_id}", form)
    assert f"/admin/posts/{post_id}/edit" in back.text
    saved = post(alice, f"/admin/posts/{post_id}/edit", form)
    assert saved.status_code == 303
    assert db.session.get_one(Post, post_id).cover_id == upload_id


@pytest.mark.parametrize("query", ["?post=x", "?post=0", f"?post={9**30}", "?kind=nothing"])
def test_what_is_no_post_is_404(alice: FlaskClient, query: str) -> None:
    assert post(alice, f"/admin/posts/covers{query}", TYPED).status_code == 404
