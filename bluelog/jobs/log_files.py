"""One file of a log, plain or compressed, that somebody may be writing to."""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

PORTION_BYTES = 512 * 1024
_FIRST_LINE_BYTES = 16 * 1024
_GZIP_TRAILER_BYTES = 4
_DATE_CHARACTERS = 10
# What reading raises where that cannot be, or where a compressed file is damaged or not whole.
UNREADABLE = (OSError, EOFError, zlib.error)


@dataclass(frozen=True)
class LogFile:
    """A file as it was when it was looked at."""

    path: Path
    identity: tuple[int, int]
    state: tuple[int, int]  # its size, and when it was last written to

    @classmethod
    def there(cls, path: Path) -> "LogFile | None":
        """The file of that name, if there is one."""
        try:
            found = path.stat()
        except OSError:
            return None
        identity, state = (found.st_dev, found.st_ino), (found.st_size, found.st_mtime_ns)
        return cls(path, identity, state)

    @property
    def size(self) -> int:
        return self.state[0]

    def fingerprint(self) -> str | None:
        """What tells the file from all others: its first line, but for the address in it.

        None while that line is being written.
        """
        line = self._first_line()
        if line is None:
            return None
        return hashlib.sha256(line.partition(b" ")[2]).hexdigest()

    def began_on(self) -> date | None:
        """The day that its first line names."""
        line = self._first_line() or b""
        said = line.partition(b"[")[2][:_DATE_CHARACTERS]
        try:
            return date.fromisoformat(said.decode())
        except ValueError:
            return None

    def lines_from(self, start: int) -> tuple[int, list[bytes]]:
        """Whole lines from a position on, and the position after them.

        A line that is still being written is left for later; one longer than a portion is passed
        over as a whole.
        """
        if self._is_known_to_end_at(start):
            return start, []
        with self._opened() as file:
            file.seek(start)
            portion = file.read(PORTION_BYTES)
            whole = portion.rfind(b"\n") + 1
            if whole:
                return start + whole, portion[: whole - 1].split(b"\n")
            return _end_of_long_line(file, start, len(portion)), []

    def _first_line(self) -> bytes | None:
        with self._opened() as file:
            line = file.readline(_FIRST_LINE_BYTES)
        is_whole = line.endswith(b"\n") or len(line) == _FIRST_LINE_BYTES
        return line if is_whole else None

    def _opened(self) -> IO[bytes] | gzip.GzipFile:
        if self.path.suffix != ".gz":
            return self.path.open("rb")
        return gzip.open(self.path, "rb")

    def _is_known_to_end_at(self, position: int) -> bool:
        """Whether a compressed file says in its trailer that there is no more (RFC 1952, 2.3.1).

        To unpack each one at every start would take long.
        """
        if self.path.suffix != ".gz" or not position or self.size < _GZIP_TRAILER_BYTES:
            return False
        with self.path.open("rb") as file:
            file.seek(-_GZIP_TRAILER_BYTES, 2)
            return int.from_bytes(file.read(), "little") == position % 2**32


def _end_of_long_line(file: IO[bytes] | gzip.GzipFile, start: int, passed: int) -> int:
    """Where the line ends, without holding it; `start` itself while it goes on being written."""
    while part := file.read(PORTION_BYTES):
        if (end := part.find(b"\n")) >= 0:
            return start + passed + end + 1
        passed += len(part)
    return start
