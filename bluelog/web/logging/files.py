"""One log file for several processes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES = 10 * 1024**2
BACKUPS = 10

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

    def _unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path` against every other process and thread.

    It is opened anew each time: a descriptor kept across a fork would be one lock for all the
    children, and so none between them. Raises OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
        try:
            yield
        finally:
            _unlock(descriptor)
    finally:
        os.close(descriptor)


class SharedRotatingFileHandler(RotatingFileHandler):
    """Each record is written whole, in the file that has the name now, whoever renamed it last."""

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES, backups: int = BACKUPS) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(
            path,
            maxBytes=max_bytes,
            backupCount=backups,
            encoding="utf-8",
            errors="backslashreplace",
        )
        self._file = Path(self.baseFilename)
        self._lock_path = self._file.with_name(f"{self._file.name}.lock")

    def emit(self, record: LogRecord) -> None:
        try:
            with locked(self._lock_path):
                self._reopen_if_moved()
                super().emit(record)
        except OSError:
            self.handleError(record)

    def handleError(self, record: LogRecord) -> None:  # noqa: N802  (the name in the library)
        """Where the disk refuses, tell standard error: the record, not how logging it failed."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)
        elif sys.stderr:
            with suppress(OSError, ValueError):
                sys.stderr.write(f"{self.format(record)}\n")

    def _reopen_if_moved(self) -> None:
        if self.stream is None:
            return
        try:
            is_same = os.path.samestat(self._file.stat(), os.fstat(self.stream.fileno()))
        except FileNotFoundError:
            is_same = False
        if not is_same:
            self.stream.close()
            self.stream = self._open()

    def doRollover(self) -> None:  # noqa: N802  (the name in the standard library)
        """Move the files along, as far as the first gap.

        Where a system refuses to rename an open file, the file grows on instead; a rename that
        failed leaves a gap, so that repeating it pushes no older file over the edge.
        """
        if self.stream:
            self.stream.close()
        with suppress(OSError):
            numbers = range(1, self.backupCount)
            free = next((n for n in numbers if not self._backup(n).exists()), self.backupCount)
            for number in range(free, 1, -1):
                self._backup(number - 1).replace(self._backup(number))
            self._file.replace(self._backup(1))
        self.stream = self._open()

    def _backup(self, number: int) -> Path:
        return self._file.with_name(f"{self._file.name}.{number}")
