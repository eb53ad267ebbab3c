"""Root among files of the blog's: a link that the blog planted must lead root nowhere.

What only the blog needs is done with the blog's own rights. What takes root's goes by descriptors,
and through no link but in folders that nobody but root can change.
"""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OTHERS_MAY_WRITE = 0o022
_MASK = 0o27


@contextmanager
def acting_as(user: str) -> Iterator[None]:
    """Do what follows with that user's rights and no others, and as its files.

    Whoever is not root is nobody else already.
    """
    if os.geteuid():
        yield
        return
    found, group, groups = pwd.getpwnam(user), os.getegid(), os.getgroups()
    mask = os.umask(_MASK)
    try:
        os.setgroups([])
        os.setegid(found.pw_gid)
        os.seteuid(found.pw_uid)
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)
        os.umask(mask)


@contextmanager
def opened_folder(path: Path) -> Iterator[int]:
    """The descriptor of a folder, made where it is missing, with all that lead to it.

    Raises NotADirectoryError for a link in a folder of somebody else's than root's.
    """
    place = os.open(path.anchor, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in path.parts[1:]:
            place = _next(place, name)
        yield place
    finally:
        os.close(place)


def _next(place: int, name: str) -> int:
    """One folder further; the one before is closed, unless there is no next."""
    how = os.O_RDONLY | os.O_DIRECTORY | (0 if _is_roots(place) else os.O_NOFOLLOW)
    try:
        found = os.open(name, how, dir_fd=place)
    except FileNotFoundError:
        os.mkdir(name, 0o755, dir_fd=place)
        found = os.open(name, how | os.O_NOFOLLOW, dir_fd=place)
    os.close(place)
    return found


def _is_roots(folder: int) -> bool:
    state = os.fstat(folder)
    return not (state.st_uid or state.st_mode & _OTHERS_MAY_WRITE)
