"""The versions of what the blog runs on."""

import platform
import sqlite3
import sys
from collections.abc import Iterator

from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, failure, fine

OLDEST_SQLITE = (3, 35)  # RETURNING
RECOMMENDED_PYTHON = (3, 12)


def look(_seconds: float) -> Iterator[Finding]:
    """Judge this Python and its SQLite."""
    yield judge_python(sys.version_info[:2])
    yield judge_sqlite(sqlite3.sqlite_version_info)


def judge_python(version: tuple[int, ...]) -> Finding:
    """3.11 runs the blog well; what is newer gets its repairs for longer."""
    words = _l("Python %(version)s is in use.", version=platform.python_version())
    if version < RECOMMENDED_PYTHON:
        return fine(words, _l("It works; 3.12 or newer is recommended with the next upgrade."))
    return fine(words)


def judge_sqlite(version: tuple[int, ...]) -> Finding:
    """Whether this SQLite knows what the blog asks of it."""
    shown = ".".join(map(str, version))
    if version < OLDEST_SQLITE:
        return failure(
            _l("SQLite %(version)s is too old: 3.35 is needed.", version=shown),
            _l("Use a newer system or Python."),
        )
    return fine(_l("SQLite %(version)s is in use.", version=shown))
