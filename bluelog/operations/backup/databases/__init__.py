"""The two kinds of database, as a backup sees them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from bluelog.operations.backup.databases.postgresql import NotProvable, PostgreSQL
from bluelog.operations.backup.databases.sqlite import SQLite
from bluelog.operations.backup.layout import BackupError, Sums
from bluelog.operations.progress import Advance, Progress

__all__ = ["Database", "NotProvable", "Snapshot", "database_of"]


class Snapshot(Protocol):
    """A database as it was in one moment, while others go on writing."""

    @property
    def revision(self) -> str:
        """The migration it has."""

    @property
    def size(self) -> int:
        """About how many bytes the copy will have."""

    def sums(self, progress: Progress) -> Sums:
        """Every table with its rows. One that lacks a row, or has it changed, gives another sum."""

    def copy_to(self, path: Path, advance: Advance) -> None:
        """Write everything to a file that is not there yet."""


class Database(Protocol):
    """Where the blog is, whichever server or file that is. Methods raise BackupError."""

    kind: str

    def is_empty(self) -> bool:
        """Whether there are no tables, so that nothing would be lost."""

    def is_readable(self) -> bool:
        """Whether everything in it can be read, so that it can be kept as an archive."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Hold one moment of the database."""

    def restored(self, copy: Path) -> AbstractContextManager[Snapshot]:
        """The copy, restored where nobody looks. Raises NotProvable where that cannot be done."""

    def users(self) -> list[str]:
        """The other processes that have the database open, as far as that can be seen."""

    def replace(self, copy: Path, further: Sequence[str], stage: Path) -> Path | None:
        """Put the copy in the database's place and run `further` on it, all of it or nothing.

        Where to the old one was moved, if it could not be read.
        """


def database_of(url: str) -> Database:
    """The database of a URL as SQLAlchemy takes it. Raises BackupError for one in memory."""
    parts = make_url(url)
    if parts.get_backend_name() == "postgresql":
        return PostgreSQL(parts)
    if not parts.database or parts.database == ":memory:":
        raise BackupError("The database is in memory, where there is nothing to keep.")
    return SQLite(Path(parts.database))
