"""The data of now, moved out of the way for those of an archive, and back in one step.

Nothing is copied, and it stays on its disk, so a full one is no hindrance. A step has one name for
it however often it is begun: what stands there the second time is half of an archive, and not the
data. All of it lies in folders of the blog's, so it is done with the blog's rights.
"""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.choices import USER
from deploy.data import postgres_address, psql
from deploy.fill import Site
from deploy.hand import Failed
from deploy.rights import acting_as

KEPT = 2  # of those that no archive could be made of
_PREFIX = "bluelog_set_aside_"
_FORGET_WORKER = "DELETE FROM counter WHERE name = 'worker_seen'"


class Database(Protocol):
    """The blog's database."""

    def place(self, name: str) -> str:
        """Where its data go under a name, in the words of an operator."""

    def room_bytes(self) -> int:
        """How much the rehearsal, the backup and the archive of an upgrade take on this disk."""

    def set_aside(self, name: str) -> None:
        """Move the data away, so that there is no database, or an empty one."""

    def take_back(self, name: str) -> None:
        """Have them again in the place of what is there."""

    def forget(self, name: str) -> None:
        """Remove them."""

    def prune(self) -> None:
        """Remove all but the newest."""

    def forget_worker(self) -> None:
        """Have it say that no worker was ever seen, so that only one that lives is. Raises Failed.

        The word of the one before holds for a minute after its end.
        """


def database_of(release: Path, site: Site, settings: Mapping[str, str]) -> Database:
    """The database that the settings name; a relative path is one of the release's."""
    url = settings.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        return _OnServer(postgres_address(url))
    name = url.removeprefix("sqlite:///").partition("?")[0]
    return _InFile(release / (name or site.data / "bluelog.db"))


@dataclass(frozen=True)
class _InFile:
    """SQLite: the file, and what lies beside it."""

    file: Path

    @property
    def folder(self) -> Path:
        """Beside the file: to a folder on another disk it could only be copied."""
        return self.file.parent / "set-aside"

    def place(self, name: str) -> str:
        return str(self.folder.resolve() / name)

    def room_bytes(self) -> int:
        """A copy of it, one more that proves its archive, and what is packed of it."""
        return 3 * sum(part.stat().st_size for part in self._parts())

    def set_aside(self, name: str) -> None:
        """The file comes last: once it is there, all of it is."""
        kept = self.folder / name
        with acting_as(USER):
            for place in (self.folder, kept):
                place.mkdir(0o700, exist_ok=True)
            if (kept / self.file.name).exists():
                self._remove()
                return
            self._settle()
            for part in self._parts():
                part.replace(kept / part.name)

    def take_back(self, name: str) -> None:
        kept = self.folder / name
        with acting_as(USER):
            if not (kept / self.file.name).exists():
                return
            self._remove()
            for part in self._parts(kept):
                part.replace(self.file.with_name(part.name))
            kept.rmdir()

    def forget(self, name: str) -> None:
        with acting_as(USER):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def prune(self) -> None:
        with acting_as(USER):
            for path in sorted(self.folder.glob("*"))[:-KEPT]:
                shutil.rmtree(path, ignore_errors=True)

    def forget_worker(self) -> None:
        try:
            with acting_as(USER), closing(sqlite3.connect(self.file)) as connection, connection:
                connection.execute(_FORGET_WORKER)
        except sqlite3.Error as error:
            raise Failed(f"{self.file} cannot be written to: {error}") from error

    def _settle(self) -> None:
        """Have everything in the one file; one that cannot be read is moved as it is."""
        address = f"{self.file.resolve().as_uri()}?mode=rw"
        with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _remove(self) -> None:
        for part in self._parts():
            part.unlink()

    def _parts(self, folder: Path | None = None) -> list[Path]:
        names = (f"{self.file.name}{suffix}" for suffix in ("-wal", "-shm", ""))
        parts = ((folder or self.file.parent) / name for name in names)
        return [part for part in parts if part.exists()]


@dataclass(frozen=True)
class _OnServer:
    """PostgreSQL: the schema, renamed. Backups leave those out that have such a name."""

    address: str

    def place(self, name: str) -> str:
        return f"the schema {_PREFIX}{name}"

    def room_bytes(self) -> int:
        """What is packed of it; and the copies, where the server is on this machine."""
        is_here = "coalesce(inet_server_addr() = inet_client_addr(), true)"
        times = f"CASE WHEN {is_here} THEN 3 ELSE 1 END"
        return int(psql(self.address, f"SELECT {times} * pg_database_size(current_database())"))

    def set_aside(self, name: str) -> None:
        self._do(
            f"""
            IF to_regnamespace('{_PREFIX}{name}') IS NULL THEN
                ALTER SCHEMA public RENAME TO {_PREFIX}{name};
            ELSE
                DROP SCHEMA IF EXISTS public CASCADE;
            END IF;
            CREATE SCHEMA public;
            """
        )

    def take_back(self, name: str) -> None:
        self._do(
            f"""
            IF to_regnamespace('{_PREFIX}{name}') IS NOT NULL THEN
                DROP SCHEMA IF EXISTS public CASCADE;
                ALTER SCHEMA {_PREFIX}{name} RENAME TO public;
            END IF;
            """
        )

    def forget(self, name: str) -> None:
        psql(self.address, f"DROP SCHEMA IF EXISTS {_PREFIX}{name} CASCADE")

    def prune(self) -> None:
        found = f"starts_with(nspname, '{_PREFIX}') ORDER BY nspname DESC OFFSET {KEPT}"
        self._do(
            f"""
            FOR old IN SELECT nspname FROM pg_namespace WHERE {found} LOOP
                EXECUTE format('DROP SCHEMA %I CASCADE', old);
            END LOOP;
            """,  # noqa: S608  (words of ours)
            "DECLARE old text;",
        )

    def forget_worker(self) -> None:
        psql(self.address, _FORGET_WORKER)

    def _do(self, statements: str, declared: str = "") -> None:
        """All of it or nothing."""
        psql(self.address, f"DO $$ {declared} BEGIN {statements} END $$")
