"""Where the bytes of uploads live."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

_NAME = re.compile(r"([0-9a-f]{64})(?:-([1-9][0-9]{0,4}))?\.(jpg|png|gif|webp)")
_READABLE_BY_ALL = 0o644  # a web server in front, running as somebody else, reads the files


class Storage(Protocol):
    """A flat place for files whose names are made from their content.

    A name is `<digest>[-<width>].<extension>`; for any other every method raises ValueError.
    """

    def put(self, name: str, data: bytes) -> None:
        """Keep the bytes: whole or not at all, even when the power fails."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading. Raises FileNotFoundError."""

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""

    def delete(self, name: str) -> None:
        """Drop a file; one that is gone already is no error."""

    def names(self) -> Iterator[str]:
        """Every file that is kept, in no order; what else lies there is passed over."""

    def path(self, name: str) -> Path | None:
        """Where the file is or would be on this machine, if that is where files are."""


class LocalStorage:
    """A folder on this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def put(self, name: str, data: bytes) -> None:
        target = self.path(name)
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

    def path(self, name: str) -> Path:
        if parts(name) is None:
            raise ValueError(f"not the name of an upload: {name!r}")
        return self.root / name

    def _settle(self) -> None:
        """Bring the folder's new entry to the disk, where the system lets a folder be opened."""
        if os.name != "posix":
            return
        folder = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


_in_use: list[Storage] = []


def use(storage: Storage) -> None:
    """Keep uploads there from now on."""
    _in_use[:] = [storage]


def current() -> Storage:
    """Where uploads are kept. Raises RuntimeError before `use()`."""
    if not _in_use:
        raise RuntimeError("no storage was chosen for uploads")
    return _in_use[0]


def parts(name: str) -> tuple[str, int | None, str] | None:
    """Digest, width and extension of a file's name; the width of an original is None."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    digest, width, extension = match.groups()
    return digest, int(width) if width else None, extension
