"""A picture is kept once, whoever sends it, however often and whatever happens meanwhile."""

import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from limits import parse_many
from PIL import Image
from sqlalchemy import select

from bluelog import storage
from bluelog.errors import LimitReached, NotAllowed, RuleBroken
from bluelog.events import UploadStored
from bluelog.extensions import db
from bluelog.models import Upload, User
from bluelog.services import limits, pictures, uploads
from bluelog.storage import LocalStorage
from tests.conftest import NOW
from tests.pictures import MAX_BYTES, keep, photograph


@pytest.fixture
def files(context: Flask) -> LocalStorage:
    """Where the app under test keeps its uploads."""
    chosen = storage.current()
    assert isinstance(chosen, LocalStorage)
    return chosen


def all_uploads() -> list[Upload]:
    db.session.rollback()
    return list(db.session.scalars(select(Upload)))


def names(files: LocalStorage) -> set[str]:
    return {file.name for file in files.root.iterdir()} if files.root.exists() else set()


class TestStoring:
    def test_a_picture_becomes_a_row_and_a_file(
        self, cast: SimpleNamespace, files: LocalStorage, recorded: list[UploadStored]
    ) -> None:
        upload = keep(photograph(), cast.alice, "C:\\photos\\海港.jpeg\x00")
        assert (upload.width, upload.height, upload.extension) == (1000, 500, "jpg")
        assert upload.variant_widths == [480, 960]
        assert upload.variants_at is None
        assert (upload.user_id, upload.created_at) == (cast.alice.id, NOW)
        assert upload.original_name == "海港.jpeg"
        assert names(files) == {upload.filename}
        assert upload.size == files.path(upload.filename).stat().st_size
        assert recorded == [UploadStored(upload.id)]

    def test_the_same_picture_twice_is_one_row_and_one_file(
        self, cast: SimpleNamespace, files: LocalStorage, recorded: list[UploadStored]
    ) -> None:
        first = keep(photograph(), cast.alice).id
        assert keep(photograph(), cast.bob, "another-name.jpg").id == first
        assert len(all_uploads()) == len(names(files)) == len(recorded) == 1

    def test_another_file_with_the_same_picture_is_the_same_upload(
        self, cast: SimpleNamespace, files: LocalStorage
    ) -> None:
        exif = Image.Exif()
        exif[0x010E] = "written by a camera"
        first = keep(photograph(), cast.alice).id
        assert photograph() != photograph(exif=exif)
        assert keep(photograph(exif=exif), cast.alice).id == first
        assert len(all_uploads()) == len(names(files)) == 1

    def test_a_stored_picture_sent_again_is_itself(
        self, cast: SimpleNamespace, files: LocalStorage
    ) -> None:
        first = keep(photograph(), cast.alice)
        identity, served = first.id, files.path(first.filename).read_bytes()
        assert served != photograph()
        assert keep(served, cast.alice).id == identity

    @pytest.mark.parametrize("name", ["ada", "eve", "alice"])
    def test_authors_and_above_may(self, cast: SimpleNamespace, name: str) -> None:
        assert keep(photograph(), getattr(cast, name)).id

    @pytest.mark.parametrize("name", ["carol", "rita", "mallory"])
    def test_nobody_else_may(self, cast: SimpleNamespace, files: LocalStorage, name: str) -> None:
        with pytest.raises(NotAllowed):
            keep(photograph(), getattr(cast, name))
        assert all_uploads() == []
        assert names(files) == set()

    def test_a_disabled_author_may_not(self, cast: SimpleNamespace) -> None:
        cast.alice.status = "disabled"
        db.session.commit()
        with pytest.raises(NotAllowed):
            keep(photograph(), cast.alice)

    def test_a_right_lost_meanwhile_counts(
        self, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alice_id = cast.alice.id
        decode = pictures.decode

        def demoted_while_decoding(data: bytes, **kwargs: Any) -> pictures.Picture:
            with db.engine.begin() as other:
                other.execute(db.update(User).where(User.id == alice_id).values(role="reader"))
            return decode(data, **kwargs)

        monkeypatch.setattr(pictures, "decode", demoted_while_decoding)
        db.session.rollback()
        with pytest.raises(NotAllowed):
            keep(photograph(), cast.alice)
        assert all_uploads() == []

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"<html><script>alert(1)</script></html>",
            b'<svg xmlns="http://www.w3.org/2000/svg"/>',
            photograph()[:700],
            b"\xff\xd8\xff" + bytes(MAX_BYTES),
        ],
    )
    def test_what_is_no_picture_leaves_nothing(
        self, cast: SimpleNamespace, files: LocalStorage, data: bytes
    ) -> None:
        with pytest.raises(RuleBroken) as broken:
            keep(data, cast.alice, "holiday.png")
        assert broken.value.field == "upload"
        assert all_uploads() == []
        assert names(files) == set()

    def test_refused_tries_count(
        self, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        two = limits.Limit("upload-user", tuple(parse_many("2 per hour")))
        monkeypatch.setattr(limits, "UPLOAD_USER", two)
        for _ in range(2):
            with pytest.raises(RuleBroken):
                keep(b"no picture", cast.alice)
        with pytest.raises(LimitReached):
            keep(photograph(), cast.alice)
        assert keep(photograph(), cast.bob).id


class TestAccidents:
    def test_two_at_once_are_one(
        self, site: Flask, files: LocalStorage, recorded: list[UploadStored]
    ) -> None:
        storage.use(Together(files.root))
        answers: list[int] = []

        def send(username: str) -> None:
            with site.app_context():
                by = db.session.scalars(select(User).where(User.username == username)).one()
                answers.append(keep(photograph(), by).id)
                db.session.remove()

        threads = [threading.Thread(target=send, args=(name,)) for name in ("alice", "bob")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with site.app_context():
            assert [upload.id for upload in all_uploads()] == list(set(answers))
        assert len(answers) == 2
        assert len(names(files)) == len(recorded) == 1

    def test_a_crash_before_the_row_leaves_a_file_that_is_used_later(
        self, cast: SimpleNamespace, files: LocalStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as broken:
            broken.setattr(uploads, "record", crash)
            with pytest.raises(SystemExit):
                keep(photograph(), cast.alice)
        assert all_uploads() == []
        (orphan,) = files.root.iterdir()
        written_at = orphan.stat().st_mtime_ns
        upload = keep(photograph(), cast.alice)
        assert names(files) == {upload.filename} == {orphan.name}
        assert orphan.stat().st_mtime_ns == written_at

    def test_a_lost_file_comes_back_with_the_next_try(
        self, cast: SimpleNamespace, files: LocalStorage
    ) -> None:
        upload = keep(photograph(), cast.alice)
        identity, filename = upload.id, upload.filename
        files.delete(filename)
        assert keep(photograph(), cast.alice).id == identity
        assert files.exists(filename)

    def test_no_room_for_the_file_means_no_row(
        self, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(LocalStorage, "put", full_disk)
        with pytest.raises(OSError, match="No space"):
            keep(photograph(), cast.alice)
        assert all_uploads() == []


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[UploadStored]:
    """What the service said that happened."""
    said: list[UploadStored] = []
    record = uploads.record

    def listen(happened: UploadStored) -> None:
        said.append(happened)
        record(happened)

    monkeypatch.setattr(uploads, "record", listen)
    return said


class Together(LocalStorage):
    """Keeps each writer waiting until another one is as far."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.gate = threading.Barrier(2)

    def put(self, name: str, data: bytes) -> None:
        self.gate.wait(timeout=20)
        super().put(name, data)


def crash(_happened: UploadStored) -> None:
    time.sleep(0.01)  # a rewritten file would have another time
    raise SystemExit


def full_disk(_files: LocalStorage, _name: str, _data: bytes) -> None:
    raise OSError(28, "No space left on device")
