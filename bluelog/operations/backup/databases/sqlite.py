"""A SQLite file: copied page by page out of a read snapshot, and back in one transaction.

`VACUUM INTO` would write a tighter file, but takes a snapshot of its own: what it wrote could not
be compared with sums of the same moment. The backup interface shares the snapshot of its
connection, and in WAL mode no writer waits for a reader.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bluelog.operations.backup.databases.sums import sum_of
from bluelog.operations.backup.layout import BackupError, Sums
from bluelog.operations.progress import Advance, Progress

_PAGES_A_STEP = 512
_WAIT_SECONDS = 30.0
_SIDES = ("", "-wal", "-shm")
_PROCESSES = Path("/proc")


class SQLite:
    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def is_empty(self) -> bool:
        if not self.path.exists() or not self.path.stat().st_size:
            return True
        with _as_backup_error(), closing(_opened(self.path)) as connection:
            return not _tables(connection)

    def is_readable(self) -> bool:
        try:
            return self.is_empty() or self._is_whole()
        except BackupError:
            return False

    def _is_whole(self) -> bool:
        with _as_backup_error(), closing(_opened(self.path)) as connection:
            return _complaint(connection) is None

    @contextmanager
    def snapshot(self) -> Iterator["SQLiteSnapshot"]:
        if not self.path.is_file():
            raise BackupError(f"There is no database {self.path}.")
        with _as_backup_error(), closing(_opened(self.path)) as connection:
            connection.execute("BEGIN")
            yield SQLiteSnapshot(connection)

    @contextmanager
    def restored(self, copy: Path) -> Iterator["SQLiteSnapshot"]:
        with _as_backup_error(), closing(_opened(copy)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            if complaint := _complaint(connection):
                raise BackupError(f"The database in the archive is damaged: {complaint}")
            yield SQLiteSnapshot(connection)

    def users(self) -> list[str]:
        files = [_identity(self.path.with_name(self.path.name + side)) for side in _SIDES[:2]]
        return list(_processes_with({file for file in files if file}))

    def replace(self, copy: Path, further: Sequence[str], _stage: Path) -> Path | None:
        with _as_backup_error(), closing(_opened(copy)) as new:
            for statement in further:
                new.execute(statement)
            if not self.path.exists() or not self.is_readable():
                return self._move_in(new)
            with closing(_opened(self.path)) as live:
                live.execute("PRAGMA journal_mode=WAL")
                _copy(new, live)
        return None

    def _move_in(self, new: sqlite3.Connection) -> Path | None:
        """Bring the new database to a place that is free, or is made so, by one rename."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        near = self.path.with_name(f".{self.path.name}.incoming")
        near.unlink(missing_ok=True)
        near.touch(0o600)
        with closing(_opened(near)) as target:
            _copy(new, target)
        aside = self._set_aside() if self.path.exists() else None
        near.replace(self.path)
        return aside

    def _set_aside(self) -> Path:
        """Move a broken database out of the way with what belongs to it."""
        aside = self.path.with_name(f"{self.path.name}.broken-{time.strftime('%Y%m%dT%H%M%S')}")
        for side in reversed(_SIDES):
            file = self.path.with_name(self.path.name + side)
            if file.exists():
                file.replace(aside.with_name(aside.name + side))
        return aside


class SQLiteSnapshot:
    """What one connection sees; within a transaction that is one moment."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._connection.text_factory = bytes
        ((revision,),) = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        self.revision: str = revision.decode()

    @property
    def size(self) -> int:
        ((pages,),) = self._connection.execute("PRAGMA page_count").fetchall()
        ((bytes_,),) = self._connection.execute("PRAGMA page_size").fetchall()
        return int(pages) * int(bytes_)

    def sums(self, progress: Progress) -> Sums:
        names = _tables(self._connection)
        sums: Sums = {}
        with progress("Reading", len(names)) as advance:
            for name in names:
                sums[name] = sum_of(self._connection.execute(_rows(self._connection, name)))
                advance(1)
        return sums

    def copy_to(self, path: Path, advance: Advance) -> None:
        path.touch(0o600, exist_ok=False)
        with closing(sqlite3.connect(path, isolation_level=None)) as target:
            # What is not finished is thrown away, so nothing need reach the disk before its time.
            target.execute("PRAGMA synchronous=OFF")
            ((bytes_,),) = self._connection.execute("PRAGMA page_size").fetchall()
            _copy(self._connection, target, lambda pages: advance(pages * int(bytes_)))
            target.execute("PRAGMA journal_mode=DELETE")


def _opened(path: Path) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_WAIT_SECONDS)


def _copy(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    advance: Callable[[int], object] = lambda _pages: None,
) -> None:
    """Copy every page in one transaction of the target. Raises BackupError when it stays locked."""
    moved_at, left = time.monotonic(), -1

    def look(_status: int, remaining: int, total: int) -> None:
        nonlocal moved_at, left
        if remaining != left:
            advance((total if left < 0 else left) - remaining)
            moved_at, left = time.monotonic(), remaining
        elif time.monotonic() - moved_at > _WAIT_SECONDS:
            raise BackupError("The database is locked by another process.")

    source.backup(target, pages=_PAGES_A_STEP, progress=look, sleep=0.05)


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Every table but SQLite's own and virtual ones, whose rows lie in other tables."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    return [_text(name) for (name,) in connection.execute(query)]


def _rows(connection: sqlite3.Connection, table: str) -> str:
    """The query for every row in the order of the table's key, else of the rows' numbers."""
    query = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
    keys = [_quoted(_text(name)) for (name,) in connection.execute(query, [table])]
    order = ", ".join(keys) or "rowid"
    return f"SELECT * FROM {_quoted(table)} ORDER BY {order}"  # noqa: S608  (names, quoted)


def _complaint(connection: sqlite3.Connection) -> str | None:
    """What SQLite finds wrong with the file, if it does."""
    ((words,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    return None if _text(words) == "ok" else _text(words)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _processes_with(files: set[tuple[int, int]]) -> Iterator[str]:
    """The processes that have one of the files open; those of other accounts stay unseen."""
    for folder in _PROCESSES.glob("[0-9]*"):
        if int(folder.name) == os.getpid():
            continue
        try:
            is_one = any(_identity(link) in files for link in (folder / "fd").iterdir())
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if is_one:
            yield f"{folder.name} ({' '.join(word.decode(errors='replace') for word in words[:4])})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: bytes | str | object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@contextmanager
def _as_backup_error() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be read: {error}.") from error
