"""What every storage can do."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol


class StorageAway(Exception):
    """The place of the files does not answer, is full, or refuses us; the log says why."""


class Storage(Protocol):
    """A flat place for files whose names are made from their content.

    A name is `<digest>[-<width>].<extension>`; for any other every method raises ValueError.
    Every method but `path` raises StorageAway where the place itself fails.
    """

    def put(self, name: str, data: bytes) -> None:
        """Keep the bytes: whole or not at all, even when the power fails."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading, from any place in it. Raises FileNotFoundError."""

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""

    def delete(self, name: str) -> None:
        """Drop a file; one that is gone already is no error."""

    def names(self) -> Iterator[str]:
        """Every file that is kept, in no order; what else lies there is passed over."""

    def size(self) -> int:
        """The bytes of all of them together."""

    def path(self, name: str) -> Path | None:
        """Where the file is or would be on this machine, if that is where files are."""
