"""The programs of PostgreSQL: found, in the right version, and run."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from bluelog.operations.backup.layout import BackupError

VERSIONED = Path("/usr/lib/postgresql")
_LOOK_SECONDS = 0.1
_LONGEST_COMPLAINT = 2000
_NEEDED = ("pg_dump", "pg_restore", "psql")


@dataclass(frozen=True)
class Programs:
    """pg_dump, pg_restore and psql of one version."""

    folder: Path
    version: int
    url: URL

    def run(
        self, name: str, *words: object, watch: Callable[[], object] = lambda: None, **env: str
    ) -> str:
        """Run one of them to its end; what it printed. `watch` is called every moment meanwhile.

        Raises BackupError with what it complained of.
        """
        process = subprocess.Popen(  # noqa: S603  (a program that was found, and words of ours)
            [str(self.folder / name), *map(str, words)],
            env=self._environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            said = _said(process, watch)
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.returncode:
            raise BackupError(f"{name} failed: {said.strip()[:_LONGEST_COMPLAINT]}")
        return said

    def address(self, database: str | None = None) -> str:
        """A URL of the database, or of another on its server, without the password."""
        return address(self.url, database)

    def _environment(self, further: Mapping[str, str]) -> dict[str, str]:
        # A password among the words of a command could be read by everybody on the machine.
        secret = {"PGPASSWORD": str(self.url.password)} if self.url.password else {}
        ours = {"PGAPPNAME": "bluelog-backup", "LC_ALL": "C"}
        return {**os.environ, **ours, **secret, **further}


def _said(process: "subprocess.Popen[str]", watch: Callable[[], object]) -> str:
    """What a program printed, once it has ended."""
    while True:
        try:
            return process.communicate(timeout=_LOOK_SECONDS)[0]
        except subprocess.TimeoutExpired:
            watch()


def address(url: URL, database: str | None = None) -> str:
    """A URL as PostgreSQL's own library takes it, without the password."""
    name = database or url.database
    plain = URL.create("postgresql", url.username, None, url.host, url.port, name, url.query)
    return plain.render_as_string()


def programs_for(server: int, url: URL) -> Programs:
    """The newest there are, if they are as new as the server's major version.

    Raises BackupError, which says what to install.
    """
    advice = f"Install it with: sudo apt-get install postgresql-client-{server}"
    found = [(version, folder) for folder in _folders() if (version := _version(folder))]
    if not found:
        raise BackupError(f"pg_dump was not found. {advice}")
    version, folder = max(found)
    if version < server:
        raise BackupError(
            f"pg_dump has version {version} and the server {server}, which is newer. {advice}"
        )
    return Programs(folder, version, url)


def _folders() -> list[Path]:
    """Debian's folder of each version, and wherever the path leads."""
    folders = [path.parent for path in VERSIONED.glob("*/bin/pg_dump")]
    if path := shutil.which("pg_dump"):
        folders.append(Path(path).parent)
    return [folder for folder in folders if all((folder / name).exists() for name in _NEEDED)]


def _version(folder: Path) -> int:
    """The major version of pg_dump in a folder, 0 when it does not say."""
    try:
        done = subprocess.run(  # noqa: S603  (a program that was found)
            [str(folder / "pg_dump"), "--version"],
            capture_output=True,
            check=False,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(match[1]) if match else 0
