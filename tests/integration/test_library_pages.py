"""The library's pages: adding several pictures, describing one, and its way out."""

from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bluelog.extensions import db
from bluelog.models import Upload, UploadState
from bluelog.services import library, posts
from bluelog.services.content import Content
from tests.browsing import browser, post
from tests.conftest import NOW
from tests.pictures import keep, photograph


def sent(client: FlaskClient, *files: tuple[bytes, str]) -> Any:
    data = {"upload": [(BytesIO(content), name) for content, name in files]}
    return post(client, "/admin/uploads", data, content_type="multipart/form-data")


def names(app: Flask) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(db.select(Upload.original_name)))


@pytest.fixture
def alice(site: Flask) -> FlaskClient:
    return browser(site, "alice")


def test_several_at_once_are_added(site: Flask, alice: FlaskClient) -> None:
    answer = sent(alice, (photograph(300, 200), "港.jpg"), (photograph(300, 201), "b.jpg"))
    assert answer.status_code == 303
    assert names(site) == {"港.jpg", "b.jpg"}
    listed = alice.get("/admin/uploads").text
    assert "港.jpg" in listed
    assert "2 pictures are stored." in listed


def test_what_is_no_picture_is_named_and_the_rest_is_kept(site: Flask, alice: FlaskClient) -> None:
    answer = sent(alice, (b"words", "words.jpg"), (photograph(300, 200), "a.jpg"))
    assert answer.status_code == 303
    assert names(site) == {"a.jpg"}
    assert "words.jpg: This is not a JPEG" in alice.get("/admin/uploads").text


@pytest.mark.parametrize(
    ("files", "told"), [([], "No picture was sent."), ([(b"words", "w.jpg")], "w.jpg: This is not")]
)
def test_nothing_kept_is_said_at_once(
    site: Flask, alice: FlaskClient, files: list[tuple[bytes, str]], told: str
) -> None:
    answer = sent(alice, *files)
    assert answer.status_code == 422
    assert told in answer.text
    assert names(site) == set()


def test_a_picture_is_described_and_too_long_a_text_stays_typed(
    site: Flask, alice: FlaskClient, cast: SimpleNamespace
) -> None:
    address = f"/admin/uploads/{keep(photograph(), cast.alice).id}"
    db.session.rollback()
    answer = post(alice, f"{address}/edit", {"alt": " A harbour ", "caption": "夜"})
    assert answer.status_code == 303
    page = alice.get(address).text
    assert ">A harbour</textarea>" in page.replace("\r\n", "")
    refused = post(alice, f"{address}/edit", {"alt": "x" * 501, "caption": "kept"})
    assert refused.status_code == 422
    assert "x" * 501 in refused.text
    assert "kept" in refused.text


def test_a_picture_in_use_is_not_trashed_and_says_where_it_is(
    alice: FlaskClient, cast: SimpleNamespace
) -> None:
    upload = keep(photograph(), cast.alice)
    upload_id, source = upload.id, f'<p><img src="/uploads/{upload.filename}" alt=""></p>'
    posts.create(Content("The harbour post", source, "en"), by=cast.alice, at=NOW)
    assert "The harbour post" in alice.get(f"/admin/uploads/{upload_id}").text
    assert post(alice, f"/admin/uploads/{upload_id}/trash").status_code == 303
    assert "This picture is in use." in alice.get(f"/admin/uploads/{upload_id}").text


def test_the_trash_is_undone_by_a_button(
    site: Flask, alice: FlaskClient, cast: SimpleNamespace
) -> None:
    upload_id = keep(photograph(), cast.alice).id
    db.session.rollback()
    post(alice, f"/admin/uploads/{upload_id}/trash")
    listed = alice.get("/admin/uploads").text
    assert "Undo" in listed
    assert "harbour.jpg" not in listed
    assert "harbour.jpg" in alice.get("/admin/uploads?filter=trashed").text
    undo = listed.partition('action="/admin/changes/')[2].partition("/")[0]
    post(alice, f"/admin/changes/{undo}/reversal")
    with site.app_context():
        assert db.session.scalar(db.select(Upload.state)) == UploadState.UNUSED


@pytest.mark.parametrize(
    "query", ["?filter=all", "?after=x", "?q=a&before=1", "?before=1&after=2", "?q=a&after=x"]
)
def test_what_is_no_list_is_404(alice: FlaskClient, query: str) -> None:
    assert alice.get(f"/admin/uploads{query}").status_code == 404


def test_the_editor_is_told_what_it_offers(alice: FlaskClient, cast: SimpleNamespace) -> None:
    upload = keep(photograph(), cast.alice)
    library.describe(upload.id, "A harbour", "夜", by=cast.alice)
    upload = db.session.get_one(Upload, upload.id)
    keep(photograph(300, 200), cast.bob)
    wanted = {
        "id": upload.id,
        "name": "harbour.jpg",
        "alt": "A harbour",
        "caption": "夜",
        "url": f"/uploads/{upload.filename}",
        "thumbnail": f"/uploads/{upload.variant_name(480)}",
        "width": 1000,
        "height": 500,
    }
    db.session.rollback()
    found = alice.get("/admin/uploads/choices?q=夜").json
    assert found == {"pictures": [wanted], "after": None}
    assert alice.get("/admin/uploads/choices?q=nothing").json["pictures"] == []


def test_an_address_of_the_original_still_leads_to_its_picture(alice: FlaskClient) -> None:
    answer = alice.get("/admin/uploads/old.jpg")
    assert (answer.status_code, answer.location) == (301, "/uploads/old.jpg")
