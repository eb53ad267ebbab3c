"""Reading an archive that anybody may have made.

Not with `tarfile.extract`: the few kinds of member that we write are read block by block, so that
no name, link or size in an archive ever reaches the file system or the memory unchecked.
"""

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bluelog.operations.backup.layout import (
    DATABASES,
    HEADER,
    MANIFEST,
    SETTINGS,
    ArchiveRefused,
    Sum,
    is_member,
)

MIB = 1024**2
# An archive may unpack to so many times its size, and a small one to a little more.
MOST_TIMES, ALWAYS_ALLOWED = 200, 64 * MIB
LARGEST = {HEADER: MIB, SETTINGS: MIB, MANIFEST: 512 * MIB}
LARGEST_UPLOAD = 1024 * MIB
MOST_MEMBERS = 5_000_000
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 256 * 1024
_KINDS = {
    tarfile.SYMTYPE: "a symbolic link",
    tarfile.LNKTYPE: "a hard link",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a pipe",
    tarfile.DIRTYPE: "a folder",
}


class _Unpacked:
    """The bytes under gzip, as long as there are not absurdly many."""

    def __init__(self, file: BinaryIO, packed_bytes: int) -> None:
        self._gzip = gzip.GzipFile(fileobj=file)
        self._left = max(packed_bytes * MOST_TIMES, ALWAYS_ALLOWED)

    def read(self, size: int) -> bytes:
        """So many bytes and no fewer. Raises ArchiveRefused."""
        data = self.some(size)
        while len(data) < size:
            more = self.some(size - len(data))
            if not more:
                raise ArchiveRefused("The archive is cut off: its end is missing.")
            data += more
        return data

    def some(self, size: int) -> bytes:
        """At most so many bytes, none at the end."""
        try:
            data = self._gzip.read(min(size, _CHUNK))
        except EOFError as error:
            raise ArchiveRefused("The archive is cut off: its end is missing.") from error
        except (OSError, zlib.error) as error:
            raise ArchiveRefused(f"The archive is damaged: {error}.") from error
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveRefused(
                f"The archive unpacks to more than {MOST_TIMES} times its size, as no backup does."
            )
        return data


@dataclass
class Member:
    """One file in an archive. Its bytes can be read once, before the next member is asked for."""

    name: str
    size: int
    _source: _Unpacked
    sum: Sum | None = None

    def chunks(self) -> Iterator[bytes]:
        """The bytes, piece by piece; `sum` is known after the last."""
        digest, left = hashlib.sha256(), self.size
        while left:
            data = self._source.read(min(left, _CHUNK))
            digest.update(data)
            left -= len(data)
            yield data
        self._source.read(-self.size % _BLOCK)
        self.sum = Sum(self.size, digest.hexdigest())

    def data(self) -> bytes:
        return b"".join(self.chunks())

    def skip(self) -> None:
        """Read what was not read yet."""
        if self.sum is None:
            for _chunk in self.chunks():
                pass


@contextmanager
def opened(archive: Path) -> Iterator[Iterator[Member]]:
    """The members of an archive in their order. Raises ArchiveRefused, also while they are read."""
    try:
        file = archive.open("rb")
    except OSError as error:
        raise ArchiveRefused(f"{archive} cannot be read: {error.strerror}.") from error
    with file:
        if file.read(2) != b"\x1f\x8b":
            raise ArchiveRefused("This is no backup of a Bluelog: it is not compressed by gzip.")
        file.seek(0)
        yield _members(_Unpacked(file, archive.stat().st_size))


def _members(source: _Unpacked) -> Iterator[Member]:
    names: set[str] = set()
    while info := _next_header(source):
        member = _checked(info, source)
        if member.name in names:
            raise ArchiveRefused(f"The archive holds {member.name} twice.")
        names.add(member.name)
        if len(names) > MOST_MEMBERS:
            raise ArchiveRefused("The archive holds too many files.")
        yield member
        member.skip()
    _expect_nothing_more(source)


def _next_header(source: _Unpacked) -> tarfile.TarInfo | None:
    """The header of the next member, or None at the two empty blocks that end an archive."""
    block = source.read(_BLOCK)
    if not any(block):
        return None
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise ArchiveRefused(
            "The archive is damaged or was never a backup of a Bluelog."
        ) from error


def _checked(info: tarfile.TarInfo, source: _Unpacked) -> Member:
    shown = ascii(info.name)[1:-1]
    if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        kind = _KINDS.get(info.type, "of a kind that no backup has")
        raise ArchiveRefused(f"{shown} in the archive is {kind}.")
    if info.name.startswith("/") or ".." in info.name.split("/"):
        raise ArchiveRefused(f"{shown} in the archive would lead out of its folder.")
    if not is_member(info.name):
        raise ArchiveRefused(f"{shown} in the archive belongs to no backup of a Bluelog.")
    largest = LARGEST.get(info.name, LARGEST_UPLOAD)
    if info.size < 0 or (info.size > largest and info.name not in DATABASES.values()):
        raise ArchiveRefused(f"{shown} in the archive is too large: {info.size} bytes.")
    return Member(info.name, info.size, source)


def _expect_nothing_more(source: _Unpacked) -> None:
    """Read to the end, where gzip keeps the checksum of everything."""
    while data := source.some(_CHUNK):
        if any(data):
            raise ArchiveRefused("The archive goes on behind its end.")
