"""`flask uploads copy`: from the folder to the bucket, and back."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from bluelog import storage
from bluelog.storage import LocalStorage, S3Storage, StorageAway
from tests import s3

VARIANT = f"{'ab' * 32}-480.png"


@pytest.fixture
def folder(on_s3: Flask) -> LocalStorage:
    return storage.in_folder(on_s3.config)


@pytest.fixture
def pictures(folder: LocalStorage) -> dict[str, bytes]:
    """Forty originals and a variant, kept in the folder."""
    contents = [bytes([number]) * 5000 for number in range(40)]
    made = {f"{hashlib.sha256(data).hexdigest()}.png": data for data in contents}
    made[VARIANT] = b"narrow"
    for name, data in made.items():
        folder.put(name, data)
    return made


@pytest.fixture
def command(on_s3: Flask) -> Callable[..., Result]:
    return lambda *words: on_s3.test_cli_runner().invoke(args=["uploads", "copy", *words])


def held(files: LocalStorage | S3Storage) -> dict[str, bytes]:
    found = {}
    for name in files.names():
        with files.open(name) as file:
            found[name] = file.read()
    return found


def test_all_pictures_go_there_and_come_back(
    command: Callable[..., Result],
    bucket: S3Storage,
    folder: LocalStorage,
    pictures: dict[str, bytes],
) -> None:
    there = command("--to", "bucket")
    assert there.exit_code == 0, there.output
    assert "41 copied, 0 there already" in there.output
    assert held(bucket) == held(folder) == pictures
    for name in pictures:
        folder.delete(name)
    back = command("--to", "folder")
    assert back.exit_code == 0, back.output
    assert held(folder) == pictures


def test_what_is_there_is_not_sent_again_and_what_is_otherwise_is_mended(
    command: Callable[..., Result],
    bucket: S3Storage,
    pictures: dict[str, bytes],
) -> None:
    first, second, *_ = pictures
    bucket.put(first, pictures[first])
    bucket.put(second, b"half of it")
    answer = command("--to", "bucket")
    assert "40 copied, 1 there already" in answer.output
    assert held(bucket) == pictures
    assert "0 copied, 41 there already" in command("--to", "bucket").output


def test_it_goes_on_where_it_broke_off(
    command: Callable[..., Result],
    bucket: S3Storage,
    pictures: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    put = S3Storage.put

    def break_off(files: S3Storage, name: str, data: bytes) -> None:
        if len(sent) >= 10:
            raise StorageAway("the server is away")
        sent.append(name)
        put(files, name, data)

    with monkeypatch.context() as broken:
        broken.setattr(S3Storage, "put", break_off)
        answer = command("--to", "bucket")
    assert answer.exit_code == 1
    assert "the server is away" in answer.output
    assert "Run this again" in answer.output
    copied = len(held(bucket))
    assert 0 < copied < 41
    again = command("--to", "bucket")
    assert again.exit_code == 0
    assert f"{41 - copied} copied, {copied} there already" in again.output
    assert held(bucket) == pictures


def test_a_damaged_picture_is_named_and_not_spread(
    command: Callable[..., Result],
    bucket: S3Storage,
    folder: LocalStorage,
    pictures: dict[str, bytes],
) -> None:
    name = next(iter(pictures))
    folder.put(name, b"rotten")
    answer = command("--to", "bucket")
    assert answer.exit_code == 1
    assert f"{name}: is damaged where it comes from" in answer.output
    assert held(bucket) == {other: data for other, data in pictures.items() if other != name}


def test_a_picture_that_arrives_damaged_is_no_success(
    command: Callable[..., Result], pictures: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    put = S3Storage.put
    monkeypatch.setattr(
        S3Storage, "put", lambda files, name, data: put(files, name, data[:-1] + b"?")
    )
    answer = command("--to", "bucket")
    assert answer.exit_code == 1
    assert "41 failed" in answer.output


def test_a_bucket_that_cannot_be_reached_is_told_without_the_secret(
    command: Callable[..., Result], on_s3: Flask, pictures: dict[str, bytes]
) -> None:
    on_s3.config["S3_BUCKET"] = "no-such-bucket"
    answer = command("--to", "bucket")
    assert answer.exit_code == 1
    assert "NoSuchBucket" in answer.output
    assert "Nothing was copied." in answer.output
    assert s3.SECRET not in answer.output


def test_without_a_bucket_it_says_what_to_set(app: Flask, tmp_path: Path) -> None:
    answer = app.test_cli_runner().invoke(args=["uploads", "copy", "--to", "bucket"])
    assert answer.exit_code == 1
    assert "Set S3_BUCKET" in answer.output
