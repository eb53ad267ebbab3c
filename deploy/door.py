"""The door: the folder of the socket, which nginx comes through and root does not need.

Closed, nobody's words are taken: nginx shows older pages, or its own that says "in a moment".
"""

from deploy.fill import Site, run_folder_file
from deploy.journal import write_whole

_OPEN, _CLOSED = 0o750, 0o700


def close_door(site: Site) -> None:
    """Now, and from the next start of the machine on: going back would take what is let in."""
    site.run.chmod(_CLOSED)
    _at_start(site, _CLOSED)


def open_door(site: Site) -> None:
    """At the next start of the machine, and now."""
    _at_start(site, _OPEN)
    site.run.chmod(_OPEN)


def is_closed(site: Site) -> bool:
    return site.run.is_dir() and site.run.stat().st_mode & 0o777 == _CLOSED


def _at_start(site: Site, mode: int) -> None:
    for path, text in run_folder_file(site).items():
        write_whole(path, text.replace(f"{_OPEN:04o}", f"{mode:04o}"))
