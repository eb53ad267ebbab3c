"""Uploads in a bucket of a server that speaks S3. boto3 is loaded where a bucket is named."""

import base64
import errno
import hashlib
import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, NoReturn, cast

from bluelog.outage import Outage
from bluelog.storage.names import checked, media_type, parts
from bluelog.storage.protocol import StorageAway
from bluelog.storage.remote import RemoteFile

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 2
_READ_SECONDS = 5
_ATTEMPTS = 2
_CONNECTIONS = 32
_CACHING = "public, max-age=31536000, immutable"
_BUFFER_BYTES = 64 * 1024
_NOT_FOUND = {"404", "NoSuchKey"}
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where it is and how to come in. Without an `endpoint_url` it is Amazon's."""

    name: str
    prefix: str
    endpoint_url: str | None
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)


class S3Storage:
    """A bucket, or the part of it whose keys begin with a prefix."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.outage = Outage()
        self._clients: dict[int, Any] = {}

    def __str__(self) -> str:
        at = self.bucket.endpoint_url or f"Amazon S3, {self.bucket.region}"
        return f"the bucket {self.bucket.name}/{self.bucket.prefix} at {at}"

    def put(self, name: str, data: bytes) -> None:
        where = self._where(name)
        # The server compares it, so that what is damaged on the way is never kept.
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        with self._asking() as client:
            client.put_object(
                **where,
                Body=data,
                ContentMD5=base64.b64encode(digest).decode(),
                ContentType=media_type(name),
                CacheControl=_CACHING,
            )

    def open(self, name: str) -> BinaryIO:
        where = self._where(name)
        with self._asking() as client:
            answer = client.get_object(**where)
        body = _Body(self, answer["Body"])
        file = RemoteFile(body, answer["ContentLength"], partial(self._rest, where))
        return cast("BinaryIO", io.BufferedReader(file, _BUFFER_BYTES))

    def exists(self, name: str) -> bool:
        where = self._where(name)
        try:
            with self._asking() as client:
                client.head_object(**where)
        except FileNotFoundError:
            return False
        return True

    def delete(self, name: str) -> None:
        where = self._where(name)
        with self._asking() as client:
            client.delete_object(**where)

    def names(self) -> Iterator[str]:
        return (name for name, _size in self._listed())

    def size(self) -> int:
        return sum(size for _name, size in self._listed())

    def path(self, name: str) -> None:
        checked(name)

    def _listed(self) -> Iterator[tuple[str, int]]:
        with self._asking() as client:
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket.name, Prefix=self.bucket.prefix
            )
            for page in pages:
                for item in page.get("Contents", ()):
                    name = item["Key"].removeprefix(self.bucket.prefix)
                    if parts(name):
                        yield name, item["Size"]

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        """This process's client, unless the server was found away a moment ago."""
        if not self.outage.lets_ask():
            raise StorageAway(f"{self} does not answer")
        with self.told():
            yield self._client()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Tell what goes wrong with the client in words of ours.

        Raises StorageAway, and FileNotFoundError for a key that is not there.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            self._refused(error)
        except BotoCoreError as error:
            self._failed(error)
        else:
            self._answered()

    def _rest(self, where: dict[str, str], position: int) -> "_Body":
        with self._asking() as client:
            answer = client.get_object(**where, Range=f"bytes={position}-")
        return _Body(self, answer["Body"])

    def _where(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket.name, "Key": self.bucket.prefix + checked(name)}

    def _refused(self, error: Any) -> NoReturn:
        if error.response["ResponseMetadata"].get("HTTPStatusCode", 0) >= _SERVER_ERROR:
            self._failed(error)
        self._answered()
        if error.response["Error"]["Code"] in _NOT_FOUND:
            raise FileNotFoundError(errno.ENOENT, "there is no such upload") from None
        log.error("%s refuses: %s", self, error)
        raise StorageAway(f"{self} refuses: {error}") from error

    def _failed(self, error: Exception) -> NoReturn:
        if self.outage.failed():
            log.error("%s does not answer: %s", self, error)
        raise StorageAway(f"{self} does not answer: {error}") from error

    def _answered(self) -> None:
        if self.outage.answered():
            log.warning("%s answers again.", self)

    def _client(self) -> Any:
        """One for each process: a connection must not be shared with the parent of a fork."""
        process = os.getpid()
        # Where two threads make one at once, both take the first to be put down.
        return self._clients.get(process) or self._clients.setdefault(process, self._connected())

    def _connected(self) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.bucket.endpoint_url,
            region_name=self.bucket.region,
            aws_access_key_id=self.bucket.access_key_id,
            aws_secret_access_key=self.bucket.secret_access_key,
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
                max_pool_connections=_CONNECTIONS,
                s3={"addressing_style": "path"},
                # Older servers know none of the checksums that are usual since 2025.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )


class _Body:
    """What comes of an object, its failures told as those of every other question."""

    def __init__(self, storage: S3Storage, body: Any) -> None:
        self._storage = storage
        self._body = body

    def read(self, amount: int) -> bytes:
        with self._storage.told():
            return cast("bytes", self._body.read(amount))

    def close(self) -> None:
        self._body.close()
