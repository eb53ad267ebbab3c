"""Pictures are served for ever, and their former addresses lead to them."""

from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bluelog import storage
from bluelog.extensions import db
from bluelog.models import Redirect
from bluelog.queries.redirects import target_of
from bluelog.services.uploads import make_variants
from bluelog.storage import LocalStorage
from tests.conftest import NOW
from tests.pictures import animation, keep, opened, photograph


@pytest.fixture
def files(context: Flask) -> LocalStorage:
    """Where the app under test keeps its uploads."""
    chosen = storage.current()
    assert isinstance(chosen, LocalStorage)
    return chosen


class TestServing:
    def test_a_picture_is_kept_by_browsers_for_ever(
        self, cast: SimpleNamespace, files: LocalStorage, client: FlaskClient
    ) -> None:
        upload = keep(photograph(), cast.alice)
        answer = client.get(f"/uploads/{upload.filename}", buffered=True)
        assert answer.status_code == 200
        assert answer.data == files.path(upload.filename).read_bytes()
        assert answer.content_type == "image/jpeg"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
        assert "Set-Cookie" not in answer.headers

    @pytest.mark.parametrize(
        ("kind", "content_type"),
        [("PNG", "image/png"), ("WEBP", "image/webp"), ("JPEG", "image/jpeg")],
    )
    def test_each_kind_has_its_type(
        self, cast: SimpleNamespace, client: FlaskClient, kind: str, content_type: str
    ) -> None:
        upload = keep(photograph(40, 40, kind), cast.alice)
        assert client.get(f"/uploads/{upload.filename}", buffered=True).content_type == content_type

    def test_an_animation_has_its_type(self, cast: SimpleNamespace, client: FlaskClient) -> None:
        upload = keep(animation(), cast.alice)
        assert client.get(f"/uploads/{upload.filename}", buffered=True).content_type == "image/gif"

    def test_what_a_browser_has_is_not_sent_again(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        path = f"/uploads/{keep(photograph(), cast.alice).filename}"
        first = client.get(path, buffered=True)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]}, buffered=True)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        head = client.head(path, buffered=True)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == str(len(first.data))
        part = client.get(path, headers={"Range": "bytes=0-9"}, buffered=True)
        assert (part.status_code, part.data) == (206, first.data[:10])

    def test_a_file_is_served_without_asking_the_database(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        path = f"/uploads/{keep(photograph(), cast.alice).filename}"
        db.session.rollback()
        statements: list[str] = []
        note = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        answer = client.get(path, headers={"Cookie": "session=anything; theme=dark"}, buffered=True)
        event.remove(db.engine, "before_cursor_execute", note)
        assert (answer.status_code, statements) == (200, [])

    def test_the_original_answers_for_a_variant_not_made_yet(
        self, cast: SimpleNamespace, files: LocalStorage, client: FlaskClient
    ) -> None:
        upload = keep(photograph(), cast.alice)
        upload_id, path = upload.id, f"/uploads/{upload.variant_name(480)}"
        original = files.path(upload.filename).read_bytes()
        early = client.get(path, buffered=True)
        assert (early.status_code, early.data) == (200, original)
        assert early.headers["Cache-Control"] == "no-store"
        assert early.content_type == "image/jpeg"

        make_variants(upload_id, NOW)
        late = client.get(path, buffered=True)
        assert late.status_code == 200
        assert opened(late.data).size == (480, 240)
        assert late.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert late.headers["ETag"] != early.headers["ETag"]

    def test_unknown_names_are_404(self, cast: SimpleNamespace, client: FlaskClient) -> None:
        upload = keep(photograph(), cast.alice)
        db.session.rollback()
        for name in (
            "0" * 64 + ".jpg",
            f"{upload.digest}.png",
            upload.variant_name(1440),
            upload.variant_name(481),
            f"{upload.digest}-480.png",
            upload.filename.upper(),
            "..%2f..%2fetc%2fpasswd",
            "%2e%2e/%2e%2e/etc/passwd",
            "old.jpg",
            "海港.jpg",
            "x" * 3000,
        ):
            answer = client.get(f"/uploads/{name}", buffered=True)
            assert answer.status_code == 404, name
            assert "Set-Cookie" not in answer.headers

    def test_a_row_without_its_file_is_404(
        self, cast: SimpleNamespace, files: LocalStorage, client: FlaskClient
    ) -> None:
        upload = keep(photograph(), cast.alice)
        files.delete(upload.filename)
        for name in (upload.filename, upload.variant_name(480)):
            assert client.get(f"/uploads/{name}", buffered=True).status_code == 404

    def test_a_nul_byte_is_refused(self, client: FlaskClient) -> None:
        for path in ("/uploads/a%00.jpg", "/admin/uploads/a%00.jpg"):
            assert client.get(path, buffered=True).status_code in {400, 404}


class TestFormerAddresses:
    @pytest.fixture
    def moved(self, cast: SimpleNamespace) -> str:
        """An imported picture: its address, of which two old ones are known."""
        target = f"/uploads/{keep(photograph(), cast.alice).filename}"
        for path in ("/uploads/夏天/a b.jpg", "/uploads/old.jpg"):
            db.session.add(Redirect(path=path, target=target, created_at=NOW))
        db.session.commit()
        return target

    def test_what_an_import_noted_is_found(self, moved: str, client: FlaskClient) -> None:
        for path in ("/uploads/old.jpg", "/uploads/%E5%A4%8F%E5%A4%A9/a%20b.jpg"):
            answer = client.get(path, buffered=True)
            assert (answer.status_code, answer.headers["Location"]) == (301, moved)

    def test_the_originals_address_leads_there_in_one_step(
        self, moved: str, client: FlaskClient
    ) -> None:
        answer = client.get("/admin/uploads/old.jpg", buffered=True)
        assert (answer.status_code, answer.headers["Location"]) == (301, moved)

    def test_any_other_name_moves_along(self, moved: str, client: FlaskClient) -> None:
        name = moved.rpartition("/")[2]
        for former in (name, "never-seen.jpg"):
            answer = client.get(f"/admin/uploads/{former}", buffered=True)
            assert (answer.status_code, answer.headers["Location"]) == (301, f"/uploads/{former}")
            assert "Set-Cookie" not in answer.headers

    @pytest.mark.usefixtures("moved")
    def test_an_own_target_comes_before_the_shared_one(self, client: FlaskClient) -> None:
        row = Redirect(path="/admin/uploads/old.jpg", target="/uploads/x.png", created_at=NOW)
        db.session.add(row)
        db.session.commit()
        assert (
            client.get("/admin/uploads/old.jpg", buffered=True).headers["Location"]
            == "/uploads/x.png"
        )

    @pytest.mark.usefixtures("moved")
    def test_nobody_is_led_off_the_site(self, client: FlaskClient) -> None:
        for name in ("%2fexample.com", "%2f%2fexample.com", "%5cexample.com", "https:%2f%2fx.com"):
            location = client.get(f"/admin/uploads/{name}").headers["Location"]
            parts = urlsplit(location)
            assert parts.netloc in {"", "localhost"}
            assert not parts.path.startswith(("//", "/\\"))

    def test_targets_are_found_by_path(self, moved: str) -> None:
        assert target_of("/uploads/old.jpg") == moved
        assert target_of("/uploads/new.jpg") is None
        assert target_of("/uploads/\0") is None
