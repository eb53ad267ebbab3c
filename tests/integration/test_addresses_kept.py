"""Where old links lead, and where they must not."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from bluelog.services import comments, posts
from bluelog.services.content import Content
from bluelog.web.static import asset
from tests.browsing import sign_in
from tests.conftest import NOW
from tests.making import make_comment, make_post


def content(slug: str) -> Content:
    return Content("A post", "<p>Words.</p>", "en", slug=slug)


def test_where_a_hidden_post_moved_to_is_nobodys_business(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    post = make_post(cast.alice, "A post")
    posts.save(post.id, content("open"), version=1, by=cast.alice, at=NOW)
    assert client.get("/post/a-post").location == "/post/open"
    posts.make_private(post.id, content("secret-plan"), version=2, by=cast.alice, at=NOW)
    answer = client.get("/post/a-post")
    assert answer.status_code == 404
    assert b"secret-plan" not in answer.data


def test_a_post_hidden_before_it_was_public_has_no_date_yet(cast: SimpleNamespace) -> None:
    post = posts.create(content("quiet"), by=cast.alice, at=NOW)
    posts.make_private(post.id, content("quiet"), version=1, by=cast.alice, at=NOW)
    assert post.published_at is None


@pytest.mark.parametrize("date", ["emptied", "to come"])
def test_an_address_that_was_public_leads_on_whatever_became_of_the_date(
    cast: SimpleNamespace, client: FlaskClient, date: str
) -> None:
    made = posts.create_published(content("a"), by=cast.alice, at=NOW)
    options = {"by": cast.alice, "at": NOW}
    posts.withdraw(made.id, content("a"), version=1, **options)
    if date == "emptied":
        posts.save(made.id, replace(content("a"), appears=""), version=2, **options)
    else:
        later = replace(content("a"), appears="2031-03-11 09:00")
        posts.publish(made.id, later, version=2, **options)
        posts.withdraw(made.id, content("a"), version=3, **options)
    assert (made.status, made.published_at) == ("draft", None)
    posts.publish(made.id, content("b"), version=made.version, **options)
    assert client.get("/post/a").location == "/post/b"


def test_an_address_that_never_was_public_leads_nowhere(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    later = replace(content("a"), appears="2031-03-11 09:00")
    made = posts.create_published(later, by=cast.alice, at=NOW)
    posts.withdraw(made.id, content("a"), version=1, by=cast.alice, at=NOW)
    posts.publish(made.id, content("b"), version=2, by=cast.alice, at=NOW)
    assert client.get("/post/a").status_code == 404


def test_an_old_page_number_goes_along(cast: SimpleNamespace, client: FlaskClient) -> None:
    post = make_post(cast.alice, "A post")
    answer = client.get(f"/post/{post.id}?page=2&reply=7")
    assert (answer.status_code, answer.location) == (301, "/post/a-post?page=2")
    sent = client.post(f"/post/{post.id}", headers={"Sec-Fetch-Site": "same-origin"})
    assert sent.status_code == 308


def test_a_list_whose_page_was_dealt_with_starts_again(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    post = make_post(cast.alice)
    said = [make_comment(post, f"{n}", status="pending") for n in range(16)]
    sign_in(client, cast.eve)
    address = f"/admin/comments?filter=pending&after={said[1].id}"
    assert client.get(address).status_code == 200
    comments.approve([said[0].id], by=cast.eve, at=NOW)
    answer = client.get(address)
    assert answer.location == "/admin/comments?filter=pending"


def test_only_an_assets_own_hash_lets_it_be_kept(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    with client.application.test_request_context():
        own = asset("css/reader.css")
    with client.get(own) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
    for other in ("/static/css/reader.0000000000.css", "/static/css/reader.css"):
        with client.get(other) as answer:
            assert answer.headers["Cache-Control"] == "no-cache"


def test_the_old_editor_of_the_extension_is_not_served(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    assert client.get("/ckeditor/static/standard/samples/index.html").status_code == 404


def test_who_is_signed_in_is_led_past_the_sign_in_page(
    cast: SimpleNamespace, client: FlaskClient
) -> None:
    sign_in(client, cast.rita)
    answer = client.get("/auth/login", headers={"Referer": "http://localhost/auth/login"})
    assert answer.location == "/"
