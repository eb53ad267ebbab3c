"""How the last backup ended, kept beside the archives so that a broken database cannot hide it."""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

_NAME = "last.json"
_READABLE_BY_GROUP = 0o640


@dataclass(frozen=True)
class Outcome:
    """One run of `flask backup`; `error` is empty when nothing went wrong."""

    at: datetime
    archive: str
    bytes: int
    is_proven: bool
    error: str


def keep(folder: Path, outcome: Outcome) -> None:
    """Put the outcome in the place of the one before, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(outcome) | {"at": outcome.at.isoformat()}, ensure_ascii=False)
    handle, temporary = tempfile.mkstemp(prefix=".last-", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_READABLE_BY_GROUP)
        Path(temporary).replace(folder / _NAME)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def latest(folder: Path) -> Outcome | None:
    """The outcome of the last run; None when there was none or its record cannot be read."""
    try:
        found = json.loads((folder / _NAME).read_text("utf-8"))
        return Outcome(
            at=datetime.fromisoformat(found["at"]),
            archive=str(found["archive"]),
            bytes=int(found["bytes"]),
            is_proven=found["is_proven"] is True,
            error=str(found["error"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
