"""Uploads in a folder of this machine."""

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bluelog.storage.names import checked, parts
from bluelog.storage.protocol import StorageAway

log = logging.getLogger(__name__)

_READABLE_BY_ALL = 0o644  # a web server in front, running as somebody else, reads the files


class LocalStorage:
    """A folder on this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def __str__(self) -> str:
        return f"the folder {self.root}"

    def put(self, name: str, data: bytes) -> None:
        target = self.path(name)
        try:
            self._write(target, data)
        except OSError as error:
            log.exception("A picture could not be written to %s.", self)
            raise StorageAway(str(error)) from error

    def open(self, name: str) -> BinaryIO:
        return self.path(name).open("rb")

    def exists(self, name: str) -> bool:
        return self.path(name).is_file()

    def delete(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        if not self.root.exists():
            return
        with os.scandir(self.root) as entries:
            for entry in entries:
                if parts(entry.name) and entry.is_file():
                    yield entry.name

    def size(self) -> int:
        return sum(self._size_of(name) for name in self.names())

    def path(self, name: str) -> Path:
        return self.root / checked(name)

    def _size_of(self, name: str) -> int:
        try:
            return self.path(name).stat().st_size
        except FileNotFoundError:  # removed since it was seen
            return 0

    def _write(self, target: Path, data: bytes) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".incoming-", dir=self.root)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(_READABLE_BY_ALL)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        self._settle()

    def _settle(self) -> None:
        """Bring the folder's new entry to the disk, where the system lets a folder be opened."""
        if os.name != "posix":
            return
        folder = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
