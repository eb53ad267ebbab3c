"""Assets are kept for ever under their hashed names, and go out packed to whom it helps."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bluelog.web import static

GZIP = {"Accept-Encoding": "gzip, br"}
PACKED = ("css/reader.css", "js/reader.js", "favicon.svg", "vendor/ckeditor/ckeditor.js")


@pytest.mark.parametrize("name", PACKED)
def test_text_goes_out_packed_and_unpacks_to_the_file(client: FlaskClient, name: str) -> None:
    with client.get(f"/static/{name}") as plain, client.get(f"/static/{name}", headers=GZIP) as it:
        assert it.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(it.data) == plain.data == (static.ROOT / name).read_bytes()
        assert it.content_type == plain.content_type
        assert it.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
        assert it.headers["ETag"] != plain.headers["ETag"]
        assert "Content-Encoding" not in plain.headers


def test_what_is_packed_already_is_left_alone(client: FlaskClient) -> None:
    with client.get("/static/vendor/ckeditor/plugins/icons.png", headers=GZIP) as picture:
        assert "Content-Encoding" not in picture.headers
        assert picture.data.startswith(b"\x89PNG")


def test_a_part_of_a_file_is_one_of_its_plain_bytes(client: FlaskClient) -> None:
    asked = GZIP | {"Range": "bytes=0-9"}
    with client.get("/static/css/reader.css", headers=asked) as part:
        assert part.status_code == 206
        assert part.data == (static.ROOT / "css/reader.css").read_bytes()[:10]


def test_a_known_asset_is_not_sent_again(client: FlaskClient) -> None:
    with client.get("/static/css/reader.css", headers=GZIP) as first:
        known = GZIP | {"If-None-Match": first.headers["ETag"]}
    with client.get("/static/css/reader.css", headers=known) as again:
        assert (again.status_code, again.data) == (304, b"")


def test_a_hashed_name_is_kept_for_ever_packed_or_not(site: Flask, client: FlaskClient) -> None:
    with site.test_request_context():
        address = static.asset("css/reader.css")
    for headers in ({}, GZIP):
        with client.get(address, headers=headers) as answer:
            assert answer.headers["Cache-Control"] == static.FOREVER


@pytest.mark.parametrize("name", ["../__init__.py", "css/../../__init__.py", "css", "nothing.css"])
def test_nothing_outside_the_folder_is_an_asset(client: FlaskClient, name: str) -> None:
    for headers in ({}, GZIP):
        with client.get(f"/static/{name}", headers=headers) as answer:
            assert answer.status_code == 404
