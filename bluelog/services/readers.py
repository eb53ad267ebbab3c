"""Who read a post today already, known to nobody: neither to the database nor to any file."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date

# What a busy blog's day may take of memory; past it the day begins anew.
MOST_KNOWN = 200_000
_DAYS_KEPT = 2


class Readers:
    """Marks of a day's readers, each made with a key of that day.

    Key and marks are in this process's memory alone, and go when the next day but one begins or
    the worker ends: from then on no mark can be led back to an address by anyone. A reader who
    comes again after the worker was started anew is counted once more.
    """

    def __init__(self) -> None:
        self._keys: dict[date, bytes] = {}
        self._known: dict[date, set[tuple[date, bytes]]] = {}

    def mark(self, day: date, post_id: int, address: str, agent: str) -> tuple[date, bytes]:
        """What stands for the reader of a post on a day."""
        self._begin(day)
        said = f"{post_id}\n{address}\n{agent}".encode("utf-8", "replace")
        return day, hashlib.blake2b(said, key=self._keys[day], digest_size=8).digest()

    def is_new(self, mark: tuple[date, bytes]) -> bool:
        """Whether that reader was not remembered yet."""
        return mark not in self._known[mark[0]]

    def remember(self, marks: Iterable[tuple[date, bytes]]) -> None:
        """Remember readers that were counted."""
        for mark in marks:
            known = self._known.setdefault(mark[0], set())
            if len(known) >= MOST_KNOWN:
                known.clear()
            known.add(mark)

    def forget(self, today: date) -> None:
        """Throw away keys and marks of days that are over, also where nobody reads any more."""
        for day in [day for day in self._keys if (today - day).days >= _DAYS_KEPT]:
            del self._keys[day], self._known[day]

    def _begin(self, day: date) -> None:
        if day in self._keys:
            return
        self._keys[day], self._known[day] = secrets.token_bytes(32), set()
        for old in sorted(self._keys)[:-_DAYS_KEPT]:
            del self._keys[old], self._known[old]
