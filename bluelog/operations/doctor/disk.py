"""Space on the disks that the blog writes to."""

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, failure, fine, size, warning
from bluelog.operations.doctor.folders import folders

FLOOR_BYTES = 100 * 1024**2
WARNING_BYTES = 1024**3
FEWEST_FILES = 10_000


class Space(NamedTuple):
    """What is free for the blog; how many files, where the system counts them."""

    free_bytes: int
    free_files: int | None


def look(_seconds: float) -> Iterator[Finding]:
    """Judge every disk once, however many of the folders lie on it."""
    disks = {folder.stat().st_dev: folder for folder in map(existing, reversed(folders()))}
    for folder in disks.values():
        yield judge(folder, space(folder))


def judge(folder: Path, found: Space) -> Finding:
    """Whether there is room for what the blog writes, and for a backup of it."""
    advice = _l("Remove what is not needed; this lists what is large.")
    # What may have filled it on a server is seldom the blog itself.
    command = f"sudo du -xh --max-depth=2 {shlex.quote(str(folder))} | sort -h | tail"
    free = size(found.free_bytes)
    if found.free_bytes < FLOOR_BYTES:
        words = _l("The disk of %(path)s is full: %(free)s are left.", path=folder, free=free)
        return failure(words, advice, command)
    if found.free_files is not None and found.free_files < FEWEST_FILES:
        words = _l(
            "The disk of %(path)s has room for %(files)d more files only.",
            path=folder,
            files=found.free_files,
        )
        return warning(words, advice, command)
    words = _l("%(free)s are free for %(path)s.", path=folder, free=free)
    return warning(words, advice, command) if found.free_bytes < WARNING_BYTES else fine(words)


def existing(folder: Path) -> Path:
    """The folder, or where it would be made."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def space(folder: Path) -> Space:
    """What is left on the disk of the folder."""
    if not hasattr(os, "statvfs"):  # Windows
        return Space(shutil.disk_usage(folder).free, None)
    found = os.statvfs(folder)
    # A file system that makes its inodes as they are needed says 0 of them.
    return Space(found.f_bavail * found.f_frsize, found.f_favail if found.f_files else None)
