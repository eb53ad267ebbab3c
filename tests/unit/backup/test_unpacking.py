"""What an archive must be to be restored, and the sentence for each that is not."""

import gzip
import tarfile
from pathlib import Path

import pytest

from bluelog.operations.backup import reading
from bluelog.operations.backup.layout import HEADER, MANIFEST, SETTINGS, UPLOADS, ArchiveRefused
from bluelog.operations.backup.unpacking import Unpacked, unpack, uploads
from bluelog.operations.progress import silently
from tests.unit.backup.archives import (
    DATABASE,
    PICTURE,
    PICTURE_NAME,
    good_parts,
    kept,
    kept_bytes,
    part,
    tarred,
    whole,
)
from tests.unit.backup.refused import GOOD, OTHER_PICTURE, REFUSED


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    folder = tmp_path / "stage"
    folder.mkdir()
    return folder


def opened(archive: Path, stage: Path) -> Unpacked:
    return unpack(archive, stage, "sqlite", silently)


class TestGood:
    def test_its_database_is_laid_out_and_its_uploads_come_one_by_one(
        self, tmp_path: Path, stage: Path
    ) -> None:
        found = opened(kept(tmp_path, whole(good_parts())), stage)
        assert found.database.read_bytes() == DATABASE
        assert list(uploads(found)) == [(PICTURE_NAME, PICTURE)]
        assert found.upload_count == 1

    def test_one_that_is_changed_after_it_was_checked_brings_no_upload(
        self, tmp_path: Path, stage: Path
    ) -> None:
        found = opened(kept(tmp_path, whole(good_parts())), stage)
        parts = good_parts()
        parts[-1] = part(UPLOADS + PICTURE_NAME, b"another!!")
        kept(tmp_path, whole(parts))
        with pytest.raises(ArchiveRefused, match="was changed while"):
            list(uploads(found))


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_a_sentence(tmp_path: Path, stage: Path, name: str) -> None:
    data, sentence = REFUSED[name]
    with pytest.raises(ArchiveRefused, match=sentence) as refusal:
        opened(kept_bytes(tmp_path, data), stage)
    assert str(refusal.value).endswith(".")
    assert "\x1b" not in str(refusal.value)
    assert {path.name for path in tmp_path.iterdir()} == {"archive.tar.gz", "stage"}


@pytest.mark.parametrize("name", [HEADER, SETTINGS, MANIFEST, OTHER_PICTURE])
def test_a_size_that_is_claimed_is_refused_before_it_is_read(
    tmp_path: Path, stage: Path, name: str
) -> None:
    largest = reading.LARGEST.get(name, reading.LARGEST_UPLOAD)
    info = tarfile.TarInfo(name)
    info.size = largest + 1
    block = info.tobuf(tarfile.GNU_FORMAT)
    before = tarred(good_parts()[:1])[:1024] if name != HEADER else b""
    with pytest.raises(ArchiveRefused, match="too large"):
        opened(kept_bytes(tmp_path, gzip.compress(before + block)), stage)


def test_cut_off_anywhere_it_is_refused(tmp_path: Path, stage: Path) -> None:
    for length in range(2, len(GOOD) - 1, max(1, len(GOOD) // 97)):
        for left in stage.iterdir():
            left.unlink()
        with pytest.raises(ArchiveRefused):
            opened(kept_bytes(tmp_path, GOOD[:length]), stage)


def test_a_missing_file_is_a_sentence(tmp_path: Path, stage: Path) -> None:
    with pytest.raises(ArchiveRefused, match="cannot be read: No such file"):
        opened(tmp_path / "nowhere.tar.gz", stage)
