"""Settings of a bucket: whole or not at all."""

import logging

import pytest
from flask import Flask

from bluelog import storage
from bluelog.settings import ConfigurationError
from bluelog.storage import LocalStorage, S3Storage
from tests.unit.settings_cast import errors, production, relaxed

BUCKET = {
    "S3_BUCKET": "pictures",
    "S3_ENDPOINT_URL": "https://s3.example.com",
    "S3_ACCESS_KEY_ID": "AKIDADA",
    "S3_SECRET_ACCESS_KEY": "a-secret-of-ada",
}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bluelog.settings.readers.find_spec", lambda _: object())


def test_pictures_lie_in_the_folder_unless_a_bucket_is_named() -> None:
    assert isinstance(storage.chosen(vars(production())), LocalStorage)
    chosen = storage.chosen(vars(production(**BUCKET)))
    assert isinstance(chosen, S3Storage)
    assert (chosen.bucket.name, chosen.bucket.region) == ("pictures", "us-east-1")
    assert "a-secret-of-ada" not in f"{chosen} {chosen.bucket!r}"


def test_amazons_own_needs_a_region_in_place_of_an_address() -> None:
    found = production(**BUCKET | {"S3_ENDPOINT_URL": "", "S3_REGION": "eu-central-1"})
    assert (found.S3_ENDPOINT_URL, found.S3_REGION) == (None, "eu-central-1")
    (line,) = errors(**BUCKET | {"S3_ENDPOINT_URL": ""})
    assert line.startswith("S3_REGION is not set. Give the region")


@pytest.mark.parametrize("name", ["S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"])
def test_a_half_filled_group_is_refused_and_says_what_is_missing(name: str) -> None:
    (line,) = errors(**BUCKET | {name: ""})
    assert line.startswith(f"{name} is not set, but S3_")
    assert "a-secret-of-ada" not in line


def test_one_of_them_alone_names_all_that_are_missing() -> None:
    assert [line.split()[0] for line in errors(S3_PREFIX="blog")] == [
        "S3_BUCKET",
        "S3_ACCESS_KEY_ID",
        "S3_SECRET_ACCESS_KEY",
        "S3_REGION",
    ]


def test_the_missing_library_is_named_once_with_the_command_that_adds_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bluelog.settings.readers.find_spec", lambda _: None)
    (line,) = errors(**BUCKET)
    assert line.startswith("S3_BUCKET needs the package boto3.")
    assert 'pipenv sync --categories "packages s3"' in line


@pytest.mark.parametrize(
    ("given", "meant"),
    [("blog", "blog/"), ("/blog/uploads/", "blog/uploads/"), (" a//b ", "a/b/"), ("/", "")],
)
def test_a_prefix_ends_with_one_slash_however_it_is_written(given: str, meant: str) -> None:
    assert meant == relaxed(**BUCKET, S3_PREFIX=given).S3_PREFIX


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("S3_BUCKET", "https://s3.example.com/pictures"),
        ("S3_BUCKET", "pictures/blog"),
        ("S3_BUCKET", "x"),
        ("S3_ENDPOINT_URL", "s3.example.com"),
        ("S3_ENDPOINT_URL", "ftp://s3.example.com"),
        ("S3_ENDPOINT_URL", "https://s3.example.com:port"),
        ("S3_ENDPOINT_URL", "https://"),
        ("S3_REGION", "eu central"),
        ("S3_PREFIX", "../other"),
        ("S3_PREFIX", "a?b"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, given: str) -> None:
    (line,) = errors(**BUCKET | {name: given})
    assert line.startswith(f"{name} must be")


def test_a_key_in_the_address_is_refused_and_not_repeated(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ConfigurationError) as refused:
        production(**BUCKET | {"S3_ENDPOINT_URL": "https://AKID:hidden@s3.example.com"})
    assert "without a key" in str(refused.value)
    assert "hidden" not in f"{refused.value}{caplog.text}"


def test_the_folder_of_the_settings_is_known_beside_the_bucket(app: Flask) -> None:
    assert storage.in_folder(app.config).root == app.config["BLUELOG_UPLOAD_PATH"]
    assert storage.in_bucket(app.config) is None
