"""Secrets: whether they are strong, and whether others on this machine can read them."""

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from flask import current_app

from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, failure, fine, warning
from bluelog.settings import secret_key
from bluelog.settings.readers import PROJECT

RECOMMENDED_LENGTH = 32


def look(_seconds: float) -> Iterator[Finding]:
    """Judge the key that signs and the rights of the file it stands in."""
    yield judge_key(current_app.config["SECRET_KEY"])
    if os.name == "posix":
        yield from judge_file(PROJECT / ".env")


def judge_key(key: str | None) -> Finding:
    """Whether the key is one that nobody guesses."""
    if secret_key.weakness(key):
        return failure(
            _l("SECRET_KEY is missing, short or known to others: sessions can be forged."),
            _l("Put a new one into .env; everybody signs in again."),
            "flask secret",
        )
    if len(key or "") < RECOMMENDED_LENGTH:
        return warning(
            _l(
                "SECRET_KEY is shorter than %(length)d characters.",
                length=RECOMMENDED_LENGTH,
            ),
            _l("Put a new one into .env; everybody signs in again."),
            "flask secret",
        )
    return fine(_l("SECRET_KEY is long enough."))


def judge_file(path: Path) -> Iterator[Finding]:
    """Whether anybody but its owner and group gets at a file with secrets, if there is one."""
    if not path.exists():
        return
    name = shlex.quote(str(path.resolve()))
    if is_open_to_all(path, stat.S_IROTH):
        yield failure(
            _l("Everybody on this machine can read %(path)s.", path=path),
            _l("Close it, and think of changing the passwords in it."),
            f"chmod o-rwx {name}",
        )
    elif is_open_to_all(path, stat.S_IWOTH):
        yield failure(
            _l("Everybody on this machine can change %(path)s.", path=path),
            _l("Close it, and look through it."),
            f"chmod o-rwx {name}",
        )
    else:
        yield fine(_l("%(path)s is closed to others.", path=path))


def is_open_to_all(path: Path, right: int) -> bool:
    """Whether others have the right, and can pass every folder on the way."""
    real = path.resolve()
    way = all(folder.stat().st_mode & stat.S_IXOTH for folder in real.parents)
    return way and bool(real.stat().st_mode & right)
