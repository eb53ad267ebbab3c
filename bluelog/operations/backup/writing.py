"""Writing an archive, readable by its owner alone from the first byte."""

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bluelog.operations.backup.layout import Sum, Sums
from bluelog.operations.progress import Advance

COMPRESSION = 6
_OWNER_ALONE = 0o600


class Writer:
    """An archive that is being written; `files` are the members so far."""

    def __init__(self, tar: tarfile.TarFile, at: datetime) -> None:
        self.files: Sums = {}
        self._tar = tar
        self._at = int(at.timestamp())

    def add(self, name: str, data: bytes) -> None:
        self._add(name, io.BytesIO(data), len(data), lambda _bytes: None)

    def add_file(self, name: str, path: Path, advance: Advance) -> None:
        with path.open("rb") as file:
            self._add(name, file, path.stat().st_size, advance)

    def _add(self, name: str, file: BinaryIO, size: int, advance: Advance) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, self._at, _OWNER_ALONE
        told = _Told(file, advance)
        self._tar.addfile(member, told)
        self.files[name] = Sum(size, told.digest.hexdigest())


class _Told(io.RawIOBase):
    """A file that is hashed, and told about, as it is read."""

    def __init__(self, file: BinaryIO, advance: Advance) -> None:
        self._file, self._advance = file, advance
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        self._advance(len(data))
        return data


@contextmanager
def written(path: Path, at: datetime) -> Iterator[Writer]:
    """Write an archive to a path that is not there yet, down to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
    with os.fdopen(handle, "wb") as file:
        # GNU's format has no headers of free length, which a reader would have to bound.
        with (
            gzip.GzipFile("", "wb", COMPRESSION, file, mtime=0) as packed,
            tarfile.open(mode="w|", fileobj=packed, format=tarfile.GNU_FORMAT) as tar,
        ):
            yield Writer(tar, at)
        file.flush()
        os.fsync(file.fileno())
