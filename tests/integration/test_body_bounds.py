"""How much of a request is read: pictures have a bound of their own, forms are always let in."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from bluelog.extensions import db
from bluelog.models import Post
from tests.browsing import browser, csrf_token, post
from tests.pictures import photograph

MIB = 1024**2
FORM = {"title": "Long", "language": "en", "category_id": "1", "submission_id": "a-long-submission"}


@pytest.fixture
def writer(site: Flask) -> FlaskClient:
    """Alice, where hardly any picture may be sent."""
    site.config["BLUELOG_MAX_UPLOAD_BYTES"] = 1000
    return browser(site, "alice")


def sent_in_parts(client: FlaskClient, path: str, data: dict[str, Any]) -> TestResponse:
    """Sent as bytes: the test client would leave a file of its own open."""
    boundary, body = encode_multipart({"csrf_token": csrf_token(client)} | data)
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


@pytest.mark.parametrize("sending", [post, sent_in_parts])
def test_a_text_is_as_long_as_ever_where_pictures_are_small(
    site: Flask, writer: FlaskClient, sending: Callable[..., TestResponse]
) -> None:
    source = f"<p>{'long ' * 380_000}</p>"
    answer = sending(writer, "/admin/posts/new", FORM | {"source": source})
    assert answer.status_code == 303
    with site.app_context():
        assert len(db.session.scalars(db.select(Post.source)).one()) > 1.8 * MIB


def test_a_picture_over_its_bound_is_refused(writer: FlaskClient) -> None:
    answer = post(writer, "/admin/upload", {"upload": (BytesIO(photograph()), "a.jpg")})
    assert answer.status_code == 422


def test_what_is_sent_as_a_picture_is_not_even_read_where_it_is_much_larger(
    writer: FlaskClient,
) -> None:
    file = FileStorage(BytesIO(bytes(2 * MIB)), "a.jpg", "upload")
    answer = sent_in_parts(writer, "/admin/upload", {"upload": file})
    assert answer.status_code == 413


def test_a_picture_over_its_bound_costs_no_word_of_the_form_around_it(writer: FlaskClient) -> None:
    typed = FORM | {"source": "<p>Kept.</p>", "cover": (BytesIO(photograph()), "a.jpg")}
    answer = post(writer, "/admin/posts/new", typed)
    assert answer.status_code == 422
    assert "&lt;p&gt;Kept.&lt;/p&gt;" in answer.text
