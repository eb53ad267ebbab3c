"""What stands on a post's page for those who may, and how strangers come back to it."""

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser, LexborNode

from bluelog.extensions import db
from bluelog.models import Post, PostStatus, User
from tests.browsing import browser, csrf_token, post
from tests.conftest import PASSWORD
from tests.making import make_post


@pytest.fixture
def made(site: Flask) -> int:
    with site.app_context():
        alice = db.session.scalars(db.select(User).where(User.username == "alice")).one()
        return make_post(alice).id


def status(site: Flask, post_id: int) -> str:
    with site.app_context():
        return str(db.session.get_one(Post, post_id).status)


def trash_form(page: str) -> LexborNode | None:
    return LexborHTMLParser(page).css_first('main form[action$="/trash"]')


@pytest.mark.parametrize("who", ["alice", "eve", "ada"])
def test_a_post_is_put_in_the_trash_from_its_page_and_fetched_back(
    site: Flask, made: int, who: str
) -> None:
    client = browser(site, who)
    form = trash_form(client.get("/post/a-post").text)
    assert form is not None
    assert form.css_first("[name=csrf_token]") is not None
    address = str(form.attributes["action"])
    headers = {"Referer": "http://localhost/post/a-post"}
    answer = post(client, address, headers=headers)
    # The page it stood on is gone: nobody is led back to a 404.
    assert (answer.status_code, answer.location) == (303, "/admin/posts")
    listed = client.get(answer.location)
    assert listed.status_code == 200
    assert status(site, made) == PostStatus.TRASHED
    undo = LexborHTMLParser(listed.text).css_first('form[action*="/admin/changes/"]')
    assert undo is not None
    assert post(client, str(undo.attributes["action"])).status_code == 303
    assert status(site, made) == PostStatus.PUBLISHED
    assert client.get("/post/a-post").status_code == 200


@pytest.mark.parametrize("who", [None, "rita", "bob", "carol"])
def test_nobody_else_has_that_button(site: Flask, made: int, who: str | None) -> None:
    page = browser(site, who).get("/post/a-post").text
    assert trash_form(page) is None
    assert "/edit" not in page


@pytest.mark.parametrize("path", ["/post/a-post", "/category/general", "/"])
def test_the_sign_in_link_leads_back_to_where_it_stood(site: Flask, made: int, path: str) -> None:
    client = browser(site)
    page = LexborHTMLParser(client.get(f"{path}?notice=signed-out").text)
    link = page.css_first('footer a[href^="/auth/login"]')
    assert link is not None
    form = LexborHTMLParser(client.get(str(link.attributes["href"])).text)
    target = form.css_first("main form [name=next]")
    assert target is not None
    filled = {"login": "rita", "password": PASSWORD, "next": target.attributes["value"]}
    answer = post(client, "/auth/login", filled)
    assert (answer.status_code, answer.location) == (303, path)


def test_no_page_is_handed_in_for_review(site: Flask) -> None:
    """Only editors write pages, who need nobody's leave; carol may not even begin one."""
    form = {"title": "Imprint", "source": "<p>Words.</p>", "language": "en", "kind": "page"}
    for who in ("eve", "ada"):
        answer = post(browser(site, who), "/admin/posts/new/submission?kind=page", form)
        assert answer.status_code == 404
    for who in ("alice", "carol"):
        client = browser(site, who)
        for address in ("/admin/posts/new/submission", "/admin/posts/new"):
            answer = client.post(address, data=form | {"csrf_token": csrf_token(client)})
            assert answer.status_code in (403, 404), address
    with site.app_context():
        assert db.session.scalars(db.select(Post)).all() == []
