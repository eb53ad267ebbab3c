"""What an archive holds: a tar file under gzip, the header first and the manifest last.

`bluelog.json`, the database, `settings.json`, `uploads/<name>` ..., `manifest.json`. The header
says who can read the rest; the manifest names every other member with its size and SHA-256, and
every table with its rows.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from bluelog import storage
from bluelog.errors import BluelogError

FORMAT = 1
HEADER = "bluelog.json"
SETTINGS = "settings.json"
MANIFEST = "manifest.json"
UPLOADS = "uploads/"
DATABASES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}

_DIGEST = re.compile("[0-9a-f]{64}")


class BackupError(BluelogError):
    """A backup cannot be made, proven or restored; the message says why."""


class Busy(BackupError):
    """Another backup or restore is at work; this one has not begun."""


class ArchiveRefused(BackupError):
    """An archive is not what it should be; nothing was done with it."""


@dataclass(frozen=True)
class Sum:
    """How much there is of something, in bytes or rows, and the SHA-256 of it."""

    count: int
    sha256: str


Sums = dict[str, Sum]


@dataclass(frozen=True)
class Header:
    """Who made the archive, and who can read it."""

    made_at: datetime
    database: str
    revision: str
    database_bytes: int
    has_uploads: bool

    def dumped(self) -> bytes:
        values = asdict(self) | {"made_at": self.made_at.isoformat(), "bluelog_backup": FORMAT}
        return json.dumps(values, indent=1).encode()

    @classmethod
    def loaded(cls, data: bytes) -> Self:
        """Raises ArchiveRefused, for an archive of a newer format before anything else."""
        values = _object(data)
        if not isinstance(number := values.get("bluelog_backup"), int):
            raise ArchiveRefused("This is no backup of a Bluelog.")
        if number > FORMAT:
            raise ArchiveRefused(
                f"The archive has format {number} and this Bluelog reads {FORMAT} at most: "
                "a newer Bluelog made it. Upgrade this one first."
            )
        try:
            return cls(
                datetime.fromisoformat(values["made_at"]),
                str(values["database"]),
                str(values["revision"]),
                int(values["database_bytes"]),
                values["has_uploads"] is True,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ArchiveRefused("The header of the archive is damaged.") from error


@dataclass(frozen=True)
class Manifest:
    """What was put in, as it was when it was put in."""

    files: Sums = field(default_factory=dict)
    tables: Sums = field(default_factory=dict)

    def dumped(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def loaded(cls, data: bytes) -> Self:
        """Raises ArchiveRefused."""
        values = _object(data)
        return cls(_sums(values.get("files")), _sums(values.get("tables")))


def is_member(name: str) -> bool:
    """Whether an archive may hold a file of that name: so none leads anywhere else."""
    if name.startswith(UPLOADS):
        return storage.parts(name.removeprefix(UPLOADS)) is not None
    return name in {HEADER, SETTINGS, MANIFEST, *DATABASES.values()}


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArchiveRefused("The archive is damaged: its description cannot be read.") from error
    return values if isinstance(values, dict) else {}


def _sums(values: object) -> Sums:
    try:
        found = {
            str(name): Sum(int(value["count"]), _digest(value["sha256"]))
            for name, value in values.items()  # type: ignore[attr-defined]
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ArchiveRefused("The archive is damaged: its manifest cannot be read.") from error
    return found


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise ValueError(text)
    return text
