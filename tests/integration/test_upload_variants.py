"""The worker makes pictures narrower, and posts tell browsers of it."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from PIL import Image

from bluelog import storage
from bluelog.extensions import db
from bluelog.models import Upload
from bluelog.queries.uploads import pending_variants, picture_of, pictures_by_source
from bluelog.services.uploads import make_variants
from bluelog.storage import LocalStorage
from bluelog.text.render import Picture, responsive
from tests.conftest import NOW
from tests.pictures import animation, keep, photograph


@pytest.fixture
def files(context: Flask) -> LocalStorage:
    """Where the app under test keeps its uploads."""
    chosen = storage.current()
    assert isinstance(chosen, LocalStorage)
    return chosen


class TestVariants:
    @pytest.mark.parametrize(
        ("width", "widths"),
        [(480, []), (481, [480]), (1440, [480, 960]), (2000, [480, 960, 1440])],
    )
    def test_only_narrower_ones_are_made(
        self, cast: SimpleNamespace, files: LocalStorage, width: int, widths: list[int]
    ) -> None:
        upload = keep(photograph(width, 100), cast.alice)
        assert upload.variant_widths == widths
        assert pending_variants(10) == ([upload.id] if widths else [])
        assert make_variants(upload.id, NOW) is bool(widths)
        assert pending_variants(10) == []
        made = {file.name: size_of(file) for file in files.root.iterdir()}
        assert len(made) == 1 + len(widths)
        for narrow in widths:
            assert made[upload.variant_name(narrow)] == (narrow, round(100 * narrow / width))

    def test_an_animation_has_none(self, cast: SimpleNamespace) -> None:
        upload = keep(animation(), cast.alice)
        assert (upload.width, upload.variant_widths) == (1000, [])
        assert pending_variants(10) == []

    def test_making_them_again_changes_nothing(
        self, cast: SimpleNamespace, files: LocalStorage
    ) -> None:
        upload = keep(photograph(), cast.alice)
        assert make_variants(upload.id, NOW)
        before = {file: file.stat().st_mtime_ns for file in files.root.iterdir()}
        assert not make_variants(upload.id, NOW + timedelta(hours=1))
        assert {file: file.stat().st_mtime_ns for file in files.root.iterdir()} == before
        assert db.session.get_one(Upload, upload.id).variants_at == NOW
        assert not make_variants(10**6, NOW)

    def test_a_worker_that_died_halfway_is_continued(
        self, cast: SimpleNamespace, files: LocalStorage
    ) -> None:
        upload = keep(photograph(), cast.alice)
        files.put(upload.variant_name(480), b"made before the crash")
        assert make_variants(upload.id, NOW)
        assert files.path(upload.variant_name(480)).read_bytes() == b"made before the crash"
        assert size_of(files.path(upload.variant_name(960))) == (960, 480)

    @pytest.mark.parametrize("left", [b"", b"\xff\xd8\xff half a picture", None])
    def test_damage_is_not_tried_for_ever(
        self,
        cast: SimpleNamespace,
        files: LocalStorage,
        caplog: pytest.LogCaptureFixture,
        left: bytes | None,
    ) -> None:
        upload = keep(photograph(), cast.alice)
        files.delete(upload.filename)
        if left is not None:
            files.put(upload.filename, left)
        assert not make_variants(upload.id, NOW)
        assert upload.filename in caplog.text
        assert pending_variants(10) == []

    def test_a_full_disk_is_tried_again(
        self, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload_id = keep(photograph(), cast.alice).id
        with monkeypatch.context() as broken:
            broken.setattr(LocalStorage, "put", full_disk)
            with pytest.raises(OSError, match="No space"):
                make_variants(upload_id, NOW)
        assert pending_variants(10) == [upload_id]
        assert make_variants(upload_id, NOW)

    def test_the_oldest_come_first(self, cast: SimpleNamespace) -> None:
        made = [keep(photograph(600, 40, seed=seed), cast.alice).id for seed in range(3)]
        assert pending_variants(2) == made[:2]


class TestSources:
    def test_pictures_are_found_by_the_addresses_in_a_post(self, cast: SimpleNamespace) -> None:
        upload = keep(photograph(), cast.alice)
        small = keep(photograph(300, 200), cast.alice)
        url, variant_url = f"/uploads/{upload.filename}", f"/uploads/{upload.variant_name(480)}"
        formats = tuple(
            (
                f"image/{kind}",
                tuple((w, f"/uploads/{upload.digest}-{w}.{kind}") for w in (480, 1000)),
            )
            for kind in ("avif", "webp")
        )
        variants = ((480, variant_url), (960, variant_url.replace("480", "960")))
        whole = Picture(url, 1000, 500, variants, formats)
        found = pictures_by_source(
            [
                url,
                variant_url,
                f"/uploads/{small.filename}",
                f"/uploads/{'0' * 64}.jpg",
                f"https://example.com/uploads/{upload.filename}",
                upload.filename,
                "/uploads/old.jpg",
                "",
            ]
        )
        assert found == {
            url: whole,
            variant_url: whole,
            f"/uploads/{small.filename}": Picture(f"/uploads/{small.filename}", 300, 200, ()),
        }
        assert picture_of(upload) == whole

    def test_a_thousand_addresses_are_no_trouble(self, cast: SimpleNamespace) -> None:
        upload = keep(photograph(), cast.alice)
        sources = [f"/uploads/{number:064x}.png" for number in range(1200)]
        assert set(pictures_by_source([*sources, f"/uploads/{upload.filename}"])) == {
            f"/uploads/{upload.filename}"
        }

    def test_a_post_tells_browsers_the_widths(self, cast: SimpleNamespace) -> None:
        url = f"/uploads/{keep(photograph(), cast.alice).filename}"
        html = responsive(f'<p><img src="{url}" alt=""></p>', pictures_by_source([url]).get)
        assert 'width="1000"' in html
        assert 'height="500"' in html
        assert f"{url.replace('.jpg', '-480.jpg')} 480w" in html
        assert f"{url} 1000w" in html


def full_disk(_files: LocalStorage, _name: str, _data: bytes) -> None:
    raise OSError(28, "No space left on device")


def size_of(file: Path) -> tuple[int, int]:
    with Image.open(file) as image:
        return image.size
