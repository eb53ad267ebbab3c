"""The worker makes pictures in AVIF and WebP too, and posts offer them."""

from random import Random
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from PIL import Image

from bluelog import storage
from bluelog.extensions import db
from bluelog.jobs import due
from bluelog.models import Post, Upload, UploadUse
from bluelog.queries.uploads import pictures_by_source
from bluelog.services import posts, upload_formats
from bluelog.services.content import Content
from bluelog.services.picture_formats import further_formats
from bluelog.services.pictures import Picture, decode
from bluelog.storage import LocalStorage
from bluelog.text.render import responsive
from tests.conftest import NOW
from tests.making import make_post
from tests.pictures import animation, encoded, keep, noise, opened, photograph


def drawing(width: int = 700) -> bytes:
    """Few colours, and large enough to be worth another format."""
    image = Image.frombytes("P", (width, 500), bytes(Random(3).choices(range(4), k=width * 500)))
    image.putpalette([0, 0, 0, 90, 20, 20, 20, 90, 20, 240, 240, 240])
    return encoded(image, "PNG")


def made(upload: Upload) -> list[str]:
    return [name for name in upload.format_names if storage.current().exists(name)]


def exhaust(upload_id: int) -> int:
    steps = 0
    while upload_formats.make_next(upload_id, NOW):
        steps += 1
    return steps


def test_one_file_is_made_at_a_time_until_all_are(cast: SimpleNamespace) -> None:
    upload = keep(photograph(), cast.alice)
    assert upload.format_names == [
        upload.variant_name(width, extension)
        for extension in ("avif", "webp")
        for width in (480, 1000)
    ]
    assert upload_formats.make_next(upload.id, NOW)
    assert len(made(upload)) == 1
    assert exhaust(upload.id) == 3
    kept = db.session.get_one(Upload, upload.id)
    assert kept.formats_at == NOW
    sizes = {name: opened(read(name)) for name in kept.format_names}
    kinds = {name.rpartition(".")[2]: image.format for name, image in sizes.items()}
    assert kinds == {"avif": "AVIF", "webp": "WEBP"}
    assert {image.size for image in sizes.values()} == {(480, 240), (1000, 500)}
    assert len(read(kept.variant_name(1000, "avif"))) < kept.size


def test_the_original_answers_until_then(cast: SimpleNamespace, client: FlaskClient) -> None:
    upload = keep(photograph(), cast.alice)
    upload_id, address = upload.id, f"/uploads/{upload.variant_name(480, 'avif')}"
    unknown = f"/uploads/{upload.variant_name(960, 'avif')}"
    early = client.get(address, buffered=True)
    assert (early.status_code, early.content_type) == (200, "image/jpeg")
    assert early.headers["Cache-Control"] == "no-store"
    exhaust(upload_id)
    late = client.get(address, buffered=True)
    assert (late.content_type, opened(late.data).size) == ("image/avif", (480, 240))
    assert late.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(unknown, buffered=True).status_code == 404


def test_a_drawing_loses_no_pixel(cast: SimpleNamespace) -> None:
    upload = keep(drawing(), cast.alice, "plan.png")
    assert upload.further_formats == ["webp"]
    exhaust(upload.id)
    upload = db.session.get_one(Upload, upload.id)
    original, webp = (opened(read(n)) for n in (upload.filename, upload.variant_name(700, "webp")))
    assert webp.convert("RGB").tobytes() == original.convert("RGB").tobytes()
    assert len(read(upload.variant_name(700, "webp"))) < upload.size


@pytest.mark.parametrize(
    ("data", "formats"),
    [
        (photograph(), ["avif", "webp"]),
        (encoded(noise(), "PNG"), ["avif", "webp"]),
        (drawing(), ["webp"]),
        (photograph(2000, 1000, "WEBP"), ["avif"]),
        (encoded(noise(), "WEBP", lossless=True), []),
        (animation(), []),
        (photograph(40, 40), []),
        (photograph(300, 16_500), []),
    ],
)
def test_only_formats_that_help_are_chosen(data: bytes, formats: list[str]) -> None:
    assert further_formats(decode(data), 1920) == formats


def test_what_is_very_wide_is_made_no_wider_than_screens_are(cast: SimpleNamespace) -> None:
    upload = keep(photograph(3000, 400), cast.alice)
    assert upload.format_widths == [480, 960, 1440, 1920]
    assert further_formats(Picture(bytes(9000), "jpg", 3000, 30_000), 1920) == []


def test_damage_is_not_tried_for_ever(
    cast: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    upload = keep(photograph(), cast.alice)
    upload_id, name = upload.id, upload.filename
    storage.current().delete(name)
    assert not upload_formats.make_next(upload_id, NOW)
    assert name in caplog.text
    assert db.session.get_one(Upload, upload_id).formats_at == NOW


def test_narrower_files_of_all_come_before_formats_of_any(cast: SimpleNamespace) -> None:
    keep(photograph(600, 400), cast.alice)
    upload = keep(photograph(700, 400), cast.alice)
    assert due.make_format(NOW) == 0
    while due.make_variants(NOW):
        pass
    assert due.make_format(NOW) == 1
    due.run_due(NOW)
    db.session.rollback()
    upload = db.session.get_one(Upload, upload.id)
    assert made(upload) == upload.format_names


def test_a_storage_that_is_away_is_waited_for(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_files: LocalStorage, _name: str, _data: bytes) -> None:
        raise storage.StorageAway("the bucket does not answer")

    upload_id = keep(photograph(400, 300), cast.alice).id
    with monkeypatch.context() as broken:
        broken.setattr(LocalStorage, "put", away)
        assert due.make_format(NOW) == 0
    due.files_away.answered()
    assert due.make_format(NOW) == 1
    assert db.session.get_one(Upload, upload_id).formats_at is None


class TestPosts:
    def test_a_text_offers_each_format_and_the_original(self, cast: SimpleNamespace) -> None:
        upload = keep(photograph(), cast.alice)
        source = f'<p><img src="/uploads/{upload.filename}" alt="A harbour"></p>'
        html = posts.create(Content("A", source, "en"), by=cast.alice, at=NOW).html
        avif = f"/uploads/{upload.variant_name(480, 'avif')} 480w"
        assert html.index('<source type="image/avif"') < html.index('<source type="image/webp"')
        assert html.index('type="image/webp"') < html.index("<img")
        assert avif in html
        assert f'src="/uploads/{upload.filename}"' in html
        assert html.count("<picture>") == html.count("</picture>") == 1

    def test_told_twice_it_stays_the_same(self, cast: SimpleNamespace) -> None:
        url = f"/uploads/{keep(photograph(), cast.alice).filename}"
        find = pictures_by_source([url]).get
        once = responsive(f'<figure><img src="{url}" alt=""></figure>', find)
        assert responsive(once, find) == once

    def test_a_writer_cannot_offer_formats(self, cast: SimpleNamespace) -> None:
        offer = '<source type="image/avif" srcset="/x.avif">'
        source = f'<p>A <picture>{offer}<img src="/y.png"></picture></p>'
        html = posts.create(Content("A", source, "en"), by=cast.alice, at=NOW).html
        assert "<source" not in html
        assert "<img" in html

    def test_older_texts_are_told_when_the_files_are_there(
        self, cast: SimpleNamespace, client: FlaskClient
    ) -> None:
        upload = keep(photograph(), cast.alice)
        html = f'<p><img src="/uploads/{upload.filename}" alt=""></p>'
        post = make_post(cast.alice, html=html)
        post_id, before = post.id, (post.version, post.revision)
        db.session.execute(db.update(UploadUse).values(is_dated=True))
        db.session.commit()
        first = client.get("/post/a-post")
        assert "<picture>" not in first.text
        assert due.renew_text(NOW) == 0  # before the files are there
        exhaust(upload.id)
        assert due.renew_text(NOW) == 1
        assert due.renew_text(NOW) == 0
        post = db.session.get_one(Post, post_id)
        assert (post.version, post.revision > before[1]) == (before[0], True)
        second = client.get("/post/a-post")
        assert "<picture>" in second.text
        assert second.headers["ETag"] != first.headers["ETag"]


def read(name: str) -> bytes:
    with storage.current().open(name) as file:
        return file.read()
