"""Files are kept whole, under names made from their content and nowhere else."""

import os
import stat
import threading
from pathlib import Path

import pytest

from bluelog import storage
from bluelog.storage import LocalStorage, StorageAway, parts

DIGEST = "ab" * 32
NAME = f"{DIGEST}.jpg"
ALIEN_NAMES = [
    "",
    ".",
    "..",
    "/etc/passwd",
    f"../{NAME}",
    f"{NAME}/../{NAME}",
    f"x/{NAME}",
    f"{NAME}\n",
    f"{NAME}\0.png",
    f"{DIGEST}.svg",
    f"{DIGEST}.jpg.html",
    f"{DIGEST}.JPG",
    f"{DIGEST.upper()}.jpg",
    f"{DIGEST[:-1]}.jpg",
    f"{DIGEST}-.jpg",
    f"{DIGEST}-0.jpg",
    f"{DIGEST}--1.jpg",
    f"{DIGEST}-123456.jpg",
    f"{DIGEST}-\uff14\uff18\uff10.jpg",
]


@pytest.fixture
def files(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "deep" / "uploads")


def test_what_is_put_is_read_again(files: LocalStorage) -> None:
    assert not files.exists(NAME)
    files.put(NAME, b"\x00\r\nbytes")
    assert files.exists(NAME)
    with files.open(NAME) as file:
        assert file.read() == b"\x00\r\nbytes"
    assert files.path(NAME).parent == files.root


def test_putting_again_replaces(files: LocalStorage) -> None:
    files.put(NAME, b"a longer first text")
    files.put(NAME, b"second")
    assert files.path(NAME).read_bytes() == b"second"


def test_deleting_twice_is_harmless(files: LocalStorage) -> None:
    files.put(NAME, b"x")
    files.delete(NAME)
    files.delete(NAME)
    assert not files.exists(NAME)


def test_opening_what_is_not_there_says_so(files: LocalStorage) -> None:
    with pytest.raises(FileNotFoundError):
        files.open(NAME)


def test_every_file_kept_is_named_and_nothing_else(files: LocalStorage) -> None:
    assert list(files.names()) == []
    assert files.size() == 0
    variant = f"{DIGEST}-480.webp"
    for name in (NAME, variant):
        files.put(name, b"x")
    (files.root / ".incoming-half").write_bytes(b"x")
    (files.root / "notes.txt").write_bytes(b"x")
    (files.root / f"{'cd' * 32}.png").mkdir()
    assert set(files.names()) == {NAME, variant}
    assert files.size() == 2


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")
def test_a_web_server_of_another_account_may_read(files: LocalStorage) -> None:
    files.put(NAME, b"x")
    assert stat.S_IMODE(files.path(NAME).stat().st_mode) == 0o644


@pytest.mark.parametrize("name", ALIEN_NAMES)
def test_no_other_name_is_touched(files: LocalStorage, name: str) -> None:
    assert parts(name) is None
    for act in (files.open, files.exists, files.delete, files.path):
        with pytest.raises(ValueError, match="not the name of an upload"):
            act(name)
    with pytest.raises(ValueError, match="not the name of an upload"):
        files.put(name, b"x")
    assert not files.root.exists()


def test_a_name_has_parts() -> None:
    assert parts(NAME) == (DIGEST, None, "jpg")
    assert parts(f"{DIGEST}-480.webp") == (DIGEST, 480, "webp")


def test_a_failed_put_leaves_what_was_there(
    files: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.put(NAME, b"first")

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StorageAway, match="No space"):
        files.put(NAME, b"second")
    assert files.path(NAME).read_bytes() == b"first"
    assert [file.name for file in files.root.iterdir()] == [NAME]


def test_a_reader_never_sees_half_a_file(files: LocalStorage) -> None:
    whole = {bytes([letter]) * 300_000 for letter in b"ab"}
    files.put(NAME, min(whole))
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(files.path(NAME).read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for data in sorted(whole) * 10:
        files.put(NAME, data)
    done.set()
    reader.join()
    assert seen
    assert seen <= whole


def test_the_storage_in_use_is_the_one_chosen_last(
    files: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_in_use", [])
    with pytest.raises(RuntimeError, match="no storage"):
        storage.current()
    storage.use(LocalStorage(files.root / "other"))
    storage.use(files)
    assert storage.current() is files
