"""Archives, good ones and such as nobody should restore."""

import gzip
import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bluelog.operations.backup.layout import (
    DATABASES,
    HEADER,
    MANIFEST,
    SETTINGS,
    UPLOADS,
    Header,
    Manifest,
    Sum,
)
from bluelog.operations.migrations import newest

AT = datetime(2026, 8, 1, 3, tzinfo=UTC)
DATABASE = b"rows " * 4000
PICTURE = b"a picture"
PICTURE_NAME = f"{hashlib.sha256(PICTURE).hexdigest()}.jpg"

Part = tuple[tarfile.TarInfo, bytes]


def header(**values: Any) -> bytes:
    usual = {
        "made_at": AT,
        "database": "sqlite",
        "revision": max(newest()),
        "database_bytes": len(DATABASE),
        "has_uploads": True,
    }
    return Header(**usual | values).dumped()


def part(name: str, data: bytes = b"", **fields: Any) -> Part:
    """A member; the fields are those of its header in the tar file."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def good_parts(**values: Any) -> list[Part]:
    """Everything but the manifest."""
    return [
        part(HEADER, header(**values)),
        part(DATABASES["sqlite"], DATABASE),
        part(SETTINGS, b"{}"),
        part(UPLOADS + PICTURE_NAME, PICTURE),
    ]


def manifest(parts: list[Part]) -> Part:
    sums = {i.name: Sum(len(data), hashlib.sha256(data).hexdigest()) for i, data in parts}
    return part(MANIFEST, Manifest(sums, {}).dumped())


def whole(parts: list[Part]) -> list[Part]:
    return [*parts, manifest(parts)]


def tarred(parts: list[Part]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(mode="w", fileobj=packed, format=tarfile.GNU_FORMAT) as tar:
        for info, data in parts:
            tar.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def kept(folder: Path, parts: list[Part]) -> Path:
    """An archive of these parts."""
    return kept_bytes(folder, gzip.compress(tarred(parts)))


def kept_bytes(folder: Path, data: bytes) -> Path:
    path = folder / "archive.tar.gz"
    path.write_bytes(data)
    return path


def changed(data: bytes, **values: Any) -> bytes:
    """A JSON text with some of its values changed."""
    return json.dumps(json.loads(data) | values).encode()
