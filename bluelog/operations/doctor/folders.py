"""The folders that the blog writes to, tried by writing, and the files that are there already."""

import os
import shlex
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import current_app
from sqlalchemy import make_url

from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, failure, fine, warning
from bluelog.operations.doctor.keys import is_open_to_all
from bluelog.settings import STREAM


def look(_seconds: float) -> Iterator[Finding]:
    """Try every folder and file that the blog writes to."""
    found = [finding for folder in folders() for finding in judge_folder(folder)]
    found += [finding for file in files() for finding in judge_file(file)]
    yield from found
    if not found:
        yield fine(_l("The folders of data and logs can be written to."))


def folders() -> list[Path]:
    """Where the blog writes."""
    config = current_app.config
    written = [config["BLUELOG_DATA_DIR"], config["BLUELOG_UPLOAD_PATH"]]
    if config["BLUELOG_LOGGING_PATH"] != STREAM:
        written.append(Path(config["BLUELOG_LOGGING_PATH"]).parent)
    return list(dict.fromkeys(written))


def files() -> list[Path]:
    """Files that a command run as another user may have left with the wrong owner."""
    config, database = current_app.config, database_file()
    written = [config["BLUELOG_DATA_DIR"] / "queue.db"]
    written += [Path(f"{database}{end}") for end in ("", "-wal", "-shm") if database]
    if config["BLUELOG_LOGGING_PATH"] != STREAM:
        written.append(Path(config["BLUELOG_LOGGING_PATH"]))
    return [file for file in written if file.exists()]


def database_file() -> Path | None:
    """The file of a SQLite database; None for one in memory or on a server."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return Path(str(url.database)) if is_file else None


def judge_folder(folder: Path) -> Iterator[Finding]:
    """Write a file without a name; a folder that is not there yet must be one that can be made."""
    name = shlex.quote(str(folder))
    target = folder
    while not target.exists() and target != target.parent:
        target = target.parent
    try:
        with tempfile.TemporaryFile(dir=target) as file:
            file.write(b"?")
    except OSError as error:
        yield failure(
            _l("%(path)s cannot be written to: %(reason)s", path=folder, reason=error.strerror),
            _l("Give it to the user that the blog runs as."),
            f"sudo install -d -o {owner()} {name}",
        )


def judge_file(file: Path) -> Iterator[Finding]:
    """Whether the file is the blog's, and nobody else's where it holds people's addresses."""
    name = shlex.quote(str(file))
    if not os.access(file, os.W_OK):
        yield failure(
            _l("%(path)s cannot be written to.", path=file),
            _l("Give it to the user that the blog runs as."),
            f"sudo chown {owner()} {name}",
        )
    is_private = file == database_file() and current_app.config["FLASK_CONFIG"] == "production"
    if os.name == "posix" and is_private and is_open_to_all(file, stat.S_IROTH):
        yield warning(
            _l("Everybody on this machine can read the database %(path)s.", path=file),
            _l("Close it to others."),
            f"chmod o-rwx {name}",
        )


def owner() -> str:
    """The user this runs as, by name where it has one."""
    if os.name != "posix":
        return os.environ.get("USERNAME", "")
    import pwd  # There is none on Windows.

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
