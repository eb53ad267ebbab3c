"""Room on the disk for what an upgrade makes before it steps over."""

import os
import shutil

from deploy.aside import Database
from deploy.fill import Site
from deploy.hand import Failed

FLOOR_BYTES = 100 * 1024**2  # with less /readyz lets nobody in


def expect_room(database: Database, site: Site) -> None:
    """Look before the copy and the backup are begun: a full disk stops the blog's writers too.

    Raises Failed.
    """
    needed = database.room_bytes() + max(_pictures_bytes(site), _archived_bytes(site)) + FLOOR_BYTES
    free = shutil.disk_usage(site.data).free
    if free < needed:
        raise Failed(
            f"The disk of {site.data} has {_gigabytes(free)} free, and the rehearsal and the backup"
            f" of this blog may take {_gigabytes(needed)}. Nothing was changed. This lists what is"
            " large: sudo du -xh --max-depth 3 /var | sort -h | tail"
        )


def _pictures_bytes(site: Site) -> int:
    """The backup takes all of them along, and cannot make them smaller."""
    if not site.uploads.is_dir():
        return 0
    with os.scandir(site.uploads) as entries:
        return sum(entry.stat(follow_symlinks=False).st_size for entry in entries)


def _archived_bytes(site: Site) -> int:
    """What the last backup of everything took: pictures in a bucket are in it as well."""
    archives = sorted((site.data / "backups").glob("bluelog-2*.tar.gz"))
    return archives[-1].stat().st_size if archives else 0


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
