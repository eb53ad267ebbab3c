"""Pictures out of a folder."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from bluelog import storage
from bluelog.extensions import db
from bluelog.models import Upload, User
from bluelog.operations.importing import links
from bluelog.operations.importing.pictures import Gallery
from bluelog.operations.importing.report import Kind, Outcome
from bluelog.queries.redirects import target_of
from bluelog.services import uploads
from tests.conftest import NOW
from tests.integration.importing.sources import OtherBlog
from tests.integration.importing.steps import bring, post_titled

MIB = 1024**2


def png(width: int = 600, colour: str = "teal") -> bytes:
    made = BytesIO()
    Image.new("RGB", (width, 400), colour).save(made, "PNG")
    return made.getvalue()


def stored_files(folder: Path) -> list[str]:
    kept = folder / "uploads"
    return sorted(path.name for path in kept.iterdir()) if kept.exists() else []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The other blog's folder of uploads."""
    made = tmp_path / "their uploads"
    made.mkdir()
    (made / "boat.png").write_bytes(png())
    (made / "海 边.png").write_bytes(png(colour="navy"))
    (made / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    (tmp_path / "secret.png").write_bytes(png(colour="red"))
    return made


@pytest.fixture
def shown_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave what no post shows where it is."""
    monkeypatch.setattr(Gallery, "take_rest", lambda _self: None)


@pytest.mark.usefixtures("empty")
class TestTheRestOfTheFolder:
    def test_what_no_post_shows_is_taken_too(self, old: OtherBlog, folder: Path) -> None:
        (folder / "2019").mkdir()
        (folder / "2019" / "hot linked.png").write_bytes(png(colour="gold"))
        (folder / "notes.txt").write_text("no picture")
        old.post("Boat", '<img src="/uploads/boat.png">')
        report = bring(old, uploads=folder)
        assert report.number(Kind.PICTURE, Outcome.ADDED) == 3
        assert any("broken.png in the folder" in line for line in report.lines())
        assert str(target_of("/uploads/2019/hot linked.png")).startswith("/uploads/")
        assert str(target_of("/admin/uploads/海 边.png")).startswith("/uploads/")


@pytest.mark.usefixtures("empty", "shown_alone")
class TestPictures:
    @pytest.mark.parametrize(
        "address",
        [
            "/uploads/boat.png",
            "/admin/uploads/boat.png",
            "https://old.example/admin/uploads/boat.png?v=1",
            "//old.example/uploads/boat.png",
        ],
    )
    def test_a_picture_is_stored_and_shown_from_its_new_address(
        self, old: OtherBlog, folder: Path, tmp_path: Path, address: str
    ) -> None:
        old.post("Boat", f'<p>See <img src="{address}" alt="A boat"></p>')
        report = bring(old, uploads=folder)
        upload = db.session.scalars(select(Upload)).one()
        post = post_titled("Boat")
        assert f'src="/uploads/{upload.filename}"' in post.html
        assert f'src="/uploads/{upload.filename}"' in post.source
        assert 'alt="A boat"' in post.html
        assert 'width="600"' in post.html
        assert f"/uploads/{upload.variant_name(480)} 480w" in post.html
        assert stored_files(tmp_path) == [upload.filename]
        assert report.number(Kind.PICTURE, Outcome.ADDED) == 1
        assert (upload.original_name, upload.width, upload.variants_at) == ("boat.png", 600, None)
        assert upload.user_id is not None

    def test_its_old_addresses_redirect(self, old: OtherBlog, folder: Path) -> None:
        old.post("Sea", '<img src="/uploads/%E6%B5%B7%20%E8%BE%B9.png">')
        bring(old, uploads=folder)
        address = f"/uploads/{db.session.scalars(select(Upload)).one().filename}"
        assert target_of("/uploads/海 边.png") == address
        assert target_of("/admin/uploads/海 边.png") == address

    def test_links_to_pictures_follow(self, old: OtherBlog, folder: Path) -> None:
        old.post("Boat", '<a href="/uploads/boat.png"><img src="/uploads/boat.png"></a>')
        bring(old, uploads=folder)
        assert post_titled("Boat").html.count("/uploads/boat.png") == 0
        assert db.session.scalar(select(func.count()).select_from(Upload)) == 1

    def test_the_about_page_has_pictures_too(self, old: OtherBlog, folder: Path) -> None:
        old.execute("""UPDATE admin SET about = '<img src="/uploads/boat.png">'""")
        bring(old, uploads=folder)
        assert "/uploads/boat.png" not in post_titled("About").html

    @pytest.mark.parametrize(
        "name", ["gone.png", "../secret.png", "..%2Fsecret.png", "broken.png", "%00", "n" * 300]
    )
    def test_what_is_no_picture_of_the_folder_is_named(
        self, old: OtherBlog, folder: Path, tmp_path: Path, name: str
    ) -> None:
        number = old.post("Odd", f'<p>a<img src="/uploads/{name}">b</p>')
        report = bring(old, uploads=folder)
        assert report.number(Kind.PICTURE, Outcome.SKIPPED) == 1
        assert any(f"in post {number} “Odd”" in line for line in report.lines())
        assert stored_files(tmp_path) == []

    def test_one_above_the_limit_is_named(self, old: OtherBlog, folder: Path) -> None:
        old.post("Boat", '<img src="/uploads/boat.png">')
        report = bring(old, uploads=folder, max_upload_bytes=500)
        assert report.number(Kind.PICTURE, Outcome.SKIPPED) == 1

    def test_pictures_of_other_sites_are_no_business_of_ours(
        self, old: OtherBlog, folder: Path
    ) -> None:
        old.post("Far", '<img src="https://other.example/img/boat.png" alt="Far">')
        report = bring(old, uploads=folder)
        assert report.number(Kind.PICTURE, Outcome.SKIPPED) == 0

    def test_a_picture_that_is_here_is_used(
        self, old: OtherBlog, folder: Path, tmp_path: Path
    ) -> None:
        bring(old)
        user = db.session.scalars(select(User)).one()
        known = uploads.store(png(), "mine.png", by=user, at=NOW, max_bytes=MIB).filename
        old.post("Boat", '<img src="/uploads/boat.png">')
        report = bring(old, uploads=folder)
        assert report.number(Kind.PICTURE, Outcome.EXISTING) == 1
        assert known in post_titled("Boat").html
        assert stored_files(tmp_path) == [known]

    def test_the_folder_may_be_named_in_a_later_run(self, old: OtherBlog, folder: Path) -> None:
        old.post("Boat", '<img src="/uploads/boat.png">')
        first = bring(old)
        assert first.number(Kind.PICTURE, Outcome.SKIPPED) == 1
        bring(old, uploads=folder)
        upload = db.session.scalars(select(Upload)).one()
        assert target_of("/uploads/boat.png") == f"/uploads/{upload.filename}"


@pytest.mark.usefixtures("empty", "shown_alone")
class TestPicturesOfWhatFailed:
    def test_a_failure_leaves_no_file(
        self, old: OtherBlog, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_run: object) -> None:
            assert len(stored_files(tmp_path)) == 1
            raise OSError("the disk is full")

        old.post("Boat", '<img src="/uploads/boat.png">')
        monkeypatch.setattr(links, "bring", fail)
        with pytest.raises(OSError, match="full"):
            bring(old, uploads=folder)
        assert stored_files(tmp_path) == []

    def test_a_rehearsal_leaves_no_file_and_counts_it(
        self, old: OtherBlog, folder: Path, tmp_path: Path
    ) -> None:
        old.post("Boat", '<img src="/uploads/boat.png">')
        report = bring(old, uploads=folder, dry_run=True)
        assert report.number(Kind.PICTURE, Outcome.ADDED) == 1
        assert stored_files(tmp_path) == []

    def test_a_file_that_somebody_else_came_to_use_stays(
        self, old: OtherBlog, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = storage.current().put

        def put_and_use(name: str, data: bytes) -> None:
            real(name, data)
            digest = name.partition(".")[0]
            columns = {"source_digest": "x", "extension": "png", "width": 1, "height": 1}
            db.session.add(Upload(digest=digest, size=1, created_at=NOW, **columns))
            db.session.commit()

        old.post("Boat", '<img src="/uploads/boat.png">')
        monkeypatch.setattr(storage.current(), "put", put_and_use)
        monkeypatch.setattr(links, "bring", lambda _run: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bring(old, uploads=folder)
        assert len(stored_files(tmp_path)) == 1
