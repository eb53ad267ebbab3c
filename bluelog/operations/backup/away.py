"""Archives copied to where a dead disk does not take them along, and somebody told if not."""

import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bluelog.operations.backup.layout import BackupError
from bluelog.operations.backup.record import Outcome, latest
from bluelog.operations.backup.running import tell

_SILENT_SECONDS = 300
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=30"  # it asks nobody for a password
_LONGEST_COMPLAINT = 500


def copy_away(records: Path, destination: str, *, at: datetime) -> None:
    """Copy what is new, and delete nothing there.

    Raises BackupError, after whoever hears of a bad backup was told.
    """
    try:
        _rsync(records, destination)
    except BackupError as error:
        tell(records, _not_copied(latest(records), str(error), at))
        raise


def _rsync(folder: Path, destination: str) -> None:
    command = [
        "rsync",
        "--archive",
        "--exclude=.*",
        f"--timeout={_SILENT_SECONDS}",
        f"--rsh={_SSH}",
    ]
    try:
        done = subprocess.run(  # noqa: S603  (a program of the system, and the operator's own words)
            [*command, "--", f"{folder}/", destination],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except FileNotFoundError as error:
        raise BackupError(
            f"Archives were not copied to {destination}: rsync is missing."
            " Install it with: sudo apt-get install rsync"
        ) from error
    if done.returncode:
        said = " ".join(done.stdout.split())[:_LONGEST_COMPLAINT]
        raise BackupError(f"Archives were not copied to {destination}: {said}")


def _not_copied(last: Outcome | None, error: str, at: datetime) -> Outcome:
    """The last backup with that to its name; one that failed by itself keeps its own reason too."""
    if last is None:
        return Outcome(at, "", 0, is_proven=False, error=error)
    own = "" if last.is_proven else last.error
    return replace(last, error=f"{own} {error}".strip())
