"""The database as an archive, and back: how an upgrade keeps what was there before it."""

import re
import shutil
from pathlib import Path

from deploy.choices import USER
from deploy.hand import Failed
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


def put_back(release: Path, archive: Path) -> None:
    """Have the database say what the archive says, sessions and waiting mail included."""
    flask(release, "restore", str(archive), "--yes", "--as-it-was", user=USER)
