"""Every picture from one storage to another, while the blog runs or where it broke off."""

import hashlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum

from bluelog import storage
from bluelog.storage import Storage, StorageAway

Advance = Callable[[int], object]
Progress = Callable[[str, int], AbstractContextManager[Advance]]

_AT_ONCE = 4  # each holds a picture or two in memory


class Outcome(StrEnum):
    COPIED = "copied"
    PRESENT = "there already"
    GONE = "deleted meanwhile"
    FAILED = "failed"


@dataclass(slots=True)
class Report:
    """How many pictures came to which end, and what went wrong with which."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def copy_pictures(source: Storage, target: Storage, progress: Progress) -> Report:
    """Copy what the target has not, or has otherwise, and read each again to compare.

    Nothing is deleted anywhere. Raises StorageAway where one of them cannot even be listed.
    """
    names, there = sorted(source.names()), frozenset(target.names())
    report = Report()

    def settle(name: str) -> tuple[Outcome, str]:
        try:
            return _settled(source, target, name, is_there=name in there), ""
        except (StorageAway, OSError, ValueError) as error:
            return Outcome.FAILED, f"{name}: {error}"

    with progress("Pictures", len(names)) as advance, ThreadPoolExecutor(_AT_ONCE) as pool:
        for outcome, failure in pool.map(settle, names):
            report.counts[outcome] += 1
            report.failures += [failure] if failure else []
            advance(1)
    return report


def _settled(source: Storage, target: Storage, name: str, *, is_there: bool) -> Outcome:
    """Copy one picture. Raises ValueError for one that is damaged on either side."""
    try:
        data = _read(source, name)
    except FileNotFoundError:
        return Outcome.GONE
    digest, width, _ = storage.parts(name) or ("", None, "")
    if width is None and hashlib.sha256(data).hexdigest() != digest:
        raise ValueError("is damaged where it comes from: its content is not what its name says")
    if is_there and _read(target, name) == data:
        return Outcome.PRESENT
    target.put(name, data)
    if _read(target, name) != data:
        raise ValueError("was read again otherwise than it was written")
    return Outcome.COPIED


def _read(files: Storage, name: str) -> bytes:
    with files.open(name) as file:
        return file.read()
