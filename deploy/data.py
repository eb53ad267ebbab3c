"""The database as an archive, and back: how an upgrade keeps what was there before it."""

import re
import shutil
from pathlib import Path

from deploy.choices import USER
from deploy.hand import Failed, run
from deploy.releases import flask
from deploy.rights import acting_as

KEPT = 3  # folders of archives beside the one that deploy/rollback leads back to
_ARCHIVE = re.compile(r"^Archive:\s+(\S+)", re.MULTILINE)


def archive_database(release: Path, folder: Path) -> Path:
    """Archive the database alone, proven; uploads are named by their content and never change."""
    with acting_as(USER):
        for place in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
            place.mkdir(0o700)
    return _made(flask(release, "backup", "--database-only", "--to", str(folder), user=USER))


def back_up(release: Path) -> Path:
    """Archive the whole blog, proven, where backups go and are rotated."""
    return _made(flask(release, "backup", user=USER))


def _made(said: str) -> Path:
    found = _ARCHIVE.search(said)
    if found is None:
        raise Failed(f"The backup does not say where its archive is:\n{said}")
    return Path(found.group(1))


def prune_archives(folder: Path, *kept: str) -> None:
    """Remove all but the newest folders of archives and those with an archive that is named."""
    with acting_as(USER):
        found = sorted(path for path in folder.glob("*") if path.is_dir())
        for old in found[:-KEPT]:
            if not any(Path(archive).parent == old for archive in kept):
                shutil.rmtree(old, ignore_errors=True)


def put_back(release: Path, archive: Path) -> None:
    """Have an empty database say what the archive says, sessions and waiting mail included."""
    flask(release, "restore", str(archive), "--yes", "--as-it-was", user=USER)


def postgres_address(url: str) -> str:
    """As psql reads it, without the name of a driver."""
    return f"postgresql://{url.partition('://')[2]}"


def psql(address: str, statements: str) -> str:
    """Tell a server something; its answer.

    The address goes by the environment, for a command line is seen by all. Raises Failed.
    """
    command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
    command += ["--set=ON_ERROR_STOP=1", "--command", statements]
    words = ["sh", "-c", 'exec "$@" "$ADDRESS"', "sh", *command]
    return run(words, user=USER, env={"ADDRESS": address})
