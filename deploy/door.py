"""The door: the folder of the socket, which nginx comes through and root does not need.

Closed, nobody's words are taken: nginx shows older pages, or its own that says "in a moment".
"""

from pathlib import Path

from deploy.fill import Site, run_folder_file
from deploy.journal import write_whole

_OPEN, _CLOSED = 0o750, 0o700


def close_door(site: Site) -> None:
    """Now, and from the next start of the machine on: going back would take what is let in."""
    site.run.chmod(_CLOSED)
    _at_start(site, _CLOSED)


def open_door(site: Site) -> None:
    """Now, whatever the disk has room for, and at the next start of the machine."""
    site.run.chmod(_OPEN)
    _at_start(site, _OPEN)


def is_closed(site: Site) -> bool:
    """Now, or from the next start of the machine on."""
    if not site.run.is_dir():
        return False
    is_closed_now = site.run.stat().st_mode & 0o777 == _CLOSED
    return is_closed_now or all(_says(*file) for file in _files(site, _CLOSED))


def _at_start(site: Site, mode: int) -> None:
    """What is there already takes no room on the disk."""
    for path, text in _files(site, mode):
        if not _says(path, text):
            write_whole(path, text)


def _files(site: Site, mode: int) -> list[tuple[Path, str]]:
    files = run_folder_file(site).items()
    return [(path, text.replace(f"{_OPEN:04o}", f"{mode:04o}")) for path, text in files]


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text
