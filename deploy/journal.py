"""What the blog must know of an upgrade after a power cut, kept on the disk beside the releases.

`under-way.json` is there from before the door closes until it is open again. `before.json` is the
way back that deploy/rollback goes, and is no business of an upgrade that failed.
"""

import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.releases import HOME

BEFORE = HOME / "before.json"
UNDER_WAY = HOME / "under-way.json"


@dataclass(frozen=True)
class Before:
    """The way back: what ran before the last upgrade, and its data at that moment."""

    release: str
    archive: str
    led_to: str = ""  # the release that it leads back from; releases of before this did not say


@dataclass(frozen=True)
class Step:
    """A step from one release to another, as long as it is under way."""

    name: str  # of the moment when it began
    release: str  # which serves again unless the step is decided
    archive: str = ""  # the data that it serves with; none while they are untouched
    before: Before | None = None  # the way back that there is afterwards
    present: str = ""  # which serves on if a rollback cannot go back
    is_only_aside: bool = False  # no archive could be made of what a rollback sets aside
    is_decided: bool = False  # what runs stays: only the door is still to be opened


def moment() -> str:
    """A name for a step; the later one sorts behind the earlier."""
    return f"{datetime.now(UTC):%Y%m%dt%H%M%Sz}"


def under_way() -> Step | None:
    """The step that has not ended."""
    found = _read(UNDER_WAY)
    if found is None:
        return None
    before = found.pop("before", None)
    return Step(**_known(Step, found), before=_before(before))


def keep(step: Step) -> None:
    """Have it on the disk, before anything is done that it leads back from."""
    write_whole(UNDER_WAY, json.dumps(asdict(step)))


def forget() -> None:
    """The step has ended, also after a power cut."""
    UNDER_WAY.unlink(missing_ok=True)
    _settle(UNDER_WAY.parent)


def may_lead_back() -> bool:
    """Whether a step is under way that is not decided."""
    step = under_way()
    return step is not None and not step.is_decided


def way_back() -> Before | None:
    """What deploy/rollback leads back to."""
    return _before(_read(BEFORE))


def keep_way_back(before: Before | None) -> None:
    """One that is kept already takes no room on the disk."""
    if before == way_back():
        return
    if before is None:
        BEFORE.unlink(missing_ok=True)
    else:
        write_whole(BEFORE, json.dumps(asdict(before)))


def write_whole(path: Path, text: str) -> None:
    """Make a file say that, whole or not at all, also if the power fails in the next moment."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o644)
    draft.replace(path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _before(found: dict[str, Any] | None) -> Before | None:
    return Before(**_known(Before, found)) if found else None


def _read(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def _known(kind: type[Step | Before], found: dict[str, Any]) -> dict[str, Any]:
    """What this release understands of a file that a newer one may have written."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in found.items() if name in names}
