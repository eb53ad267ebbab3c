"""Where the bytes of uploads live: a folder, or a bucket on an S3-compatible server."""

from collections.abc import Mapping
from typing import Any

from bluelog.storage.local import LocalStorage
from bluelog.storage.names import media_type, parts
from bluelog.storage.protocol import Storage, StorageAway
from bluelog.storage.s3 import Bucket, S3Storage

__all__ = [
    "LocalStorage",
    "S3Storage",
    "Storage",
    "StorageAway",
    "chosen",
    "current",
    "in_bucket",
    "in_folder",
    "media_type",
    "parts",
    "use",
]

_in_use: list[Storage] = []


def use(storage: Storage) -> None:
    """Keep uploads there from now on."""
    _in_use[:] = [storage]


def current() -> Storage:
    """Where uploads are kept. Raises RuntimeError before `use()`."""
    if not _in_use:
        raise RuntimeError("no storage was chosen for uploads")
    return _in_use[0]


def chosen(config: Mapping[str, Any]) -> Storage:
    """Where the settings want uploads: in the bucket, once one is named."""
    return in_bucket(config) or in_folder(config)


def in_folder(config: Mapping[str, Any]) -> LocalStorage:
    """The folder of the settings, which is there whether a bucket is named or not."""
    return LocalStorage(config["BLUELOG_UPLOAD_PATH"])


def in_bucket(config: Mapping[str, Any]) -> S3Storage | None:
    """The bucket of the settings, if they name one."""
    if not config["S3_BUCKET"]:
        return None
    return S3Storage(
        Bucket(
            name=config["S3_BUCKET"],
            prefix=config["S3_PREFIX"],
            endpoint_url=config["S3_ENDPOINT_URL"],
            region=config["S3_REGION"],
            access_key_id=config["S3_ACCESS_KEY_ID"],
            secret_access_key=config["S3_SECRET_ACCESS_KEY"],
        )
    )
