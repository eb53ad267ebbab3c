"""SQLite's own counter of commits, read from the memory that its processes share.

A connection in WAL mode keeps the head of the WAL-index in the first 96 bytes of the `-shm` file:
two copies of 48 bytes, written anew, checksums and all, by every commit. SQLite itself compares
them to learn whether its cache is still good, but takes locks around it and gives up the
interpreter's, for which all threads of a process then wait in a row.
Source: https://www.sqlite.org/walformat.html, 2.3 "WAL-Index File Format".
"""

import os
import sys
from mmap import ACCESS_READ, mmap
from pathlib import Path

_COPY_BYTES = 48
_HEAD_BYTES = 2 * _COPY_BYTES
_FORMAT = (3007000).to_bytes(4, sys.byteorder)

# Closing any descriptor of a file drops every lock that the process holds on it (POSIX, fcntl()),
# SQLite's own too. So none is ever closed, and a file that comes again is not opened again: while
# it is held, no other can have its number.
_held: dict[tuple[int, int], mmap] = {}


class WALIndex:
    """The head of the WAL-index of the database at `path`.

    It may be read as long as a connection of this very process stays open that has read from the
    database in WAL mode: that keeps the file from being cut short or made anew.
    Raises OSError and ValueError where there is no such file, or it is of another format.
    """

    def __init__(self, path: str) -> None:
        # On Windows a file that is open could not be deleted, as SQLite wishes to at the end.
        if os.name != "posix":
            raise OSError("not on this system")
        self._bytes = _mapped(f"{path}-shm")
        if self._bytes[: len(_FORMAT)] != _FORMAT:
            raise ValueError("a WAL-index of another format")

    def head(self) -> bytes | None:
        """What is the same for as long as nothing is committed; None in the middle of a commit."""
        head = self._bytes[:_HEAD_BYTES]
        return head if head[:_COPY_BYTES] == head[_COPY_BYTES:] else None

    def is_at(self, head: object) -> bool:
        """Whether that whole head, read before, is still there."""
        return self._bytes[:_HEAD_BYTES] == head


def _mapped(path: str) -> mmap:
    found = Path(path).stat()
    key = found.st_dev, found.st_ino
    if key not in _held:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        _held[key] = mmap(descriptor, _HEAD_BYTES, access=ACCESS_READ)
    return _held[key]
