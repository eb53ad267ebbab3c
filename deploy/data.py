"""The database as an archive, and back: how an upgrade keeps what was there before it."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from deploy.choices import USER
from deploy.fill import Site
from deploy.hand import Failed, run
from deploy.releases import flask

_ARCHIVE = re.compile(r"^Archive:\s+(\S+)", re.MULTILINE)


def archive_database(release: Path, folder: Path) -> Path:
    """Archive the database alone, proven; uploads are named by their content and never change."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.chown(folder, USER, USER)
    folder.chmod(0o700)
    return _made(flask(release, "backup", "--database-only", "--to", str(folder), user=USER))


def back_up(release: Path) -> Path:
    """Archive the whole blog, proven, where backups go and are rotated."""
    return _made(flask(release, "backup", user=USER))


def _made(said: str) -> Path:
    found = _ARCHIVE.search(said)
    if found is None:
        raise Failed(f"The backup does not say where its archive is:\n{said}")
    return Path(found.group(1))


def put_back(release: Path, archive: Path, site: Site, settings: Mapping[str, str]) -> None:
    """Have the database say what the archive says, sessions and waiting mail included.

    What is there may be of a newer release, which the older one would refuse to replace: it is
    set aside first, for the archive is proven and holds every word that readers were told is kept.
    """
    url = settings.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        psql(postgres_address(url), "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    else:
        _set_aside(release / (url.removeprefix("sqlite:///") or site.data / "bluelog.db"), archive)
    flask(release, "restore", str(archive), "--yes", "--as-it-was", user=USER)


def _set_aside(database: Path, archive: Path) -> None:
    """The file and what SQLite keeps beside it, each named for the archive in its place."""
    for suffix in ("", "-wal", "-shm"):
        part = database.with_name(database.name + suffix)
        if part.exists():
            part.replace(archive.with_name(f"{archive.name}.undone{suffix}"))


def postgres_address(url: str) -> str:
    """As psql reads it, without the name of a driver."""
    return f"postgresql://{url.partition('://')[2]}"


def psql(address: str, statements: str) -> None:
    """Tell a server something. The address goes by the environment: a command line is seen by all.

    Raises Failed.
    """
    command = ["psql", "--no-psqlrc", "--quiet", "--command", statements]
    run(["sh", "-c", '"$@" "$ADDRESS"', "sh", *command], user=USER, env={"ADDRESS": address})
