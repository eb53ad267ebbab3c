"""What an import did, in numbers, and by name where the operator may want to look."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

NAMES_SHOWN = 200
_COLUMN = 14


class Kind(StrEnum):
    ACCOUNT = "account"
    SETTINGS = "settings"
    CATEGORY = "categories"
    POST = "posts"
    COMMENT = "comments"
    LINK = "links"
    PICTURE = "pictures"
    ADDRESS = "old addresses"


class Outcome(StrEnum):
    ADDED = "added"
    EXISTING = "already there"
    ATTACHED = "attached"
    SKIPPED = "skipped"


class Report:
    """Counts for each kind of thing, oddities with the first names of each, and notes."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Kind, Outcome]] = Counter()
        self._odd: Counter[str] = Counter()
        self._names: dict[str, list[str]] = {}
        self.notes: list[str] = []

    def count(self, kind: Kind, outcome: Outcome, times: int = 1) -> None:
        self._counts[kind, outcome] += times

    def skip(self, kind: Kind, reason: str, name: str) -> None:
        """Count something left out, and say why and which."""
        self.count(kind, Outcome.SKIPPED)
        self.odd(f"{kind.capitalize()} skipped: {reason}", name)

    def odd(self, oddity: str, name: str) -> None:
        """Name something that came in differently from how it was."""
        self._odd[oddity] += 1
        names = self._names.setdefault(oddity, [])
        if len(names) < NAMES_SHOWN:
            names.append(name)

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)

    def number(self, kind: Kind, outcome: Outcome) -> int:
        return self._counts[kind, outcome]

    def oddities(self) -> dict[str, tuple[int, list[str]]]:
        """How often each oddity was met, and the first of its names."""
        return {oddity: (self._odd[oddity], names) for oddity, names in self._names.items()}

    def lines(self) -> Iterator[str]:
        """The report as text for a terminal."""
        yield f"{'':{_COLUMN}}" + "".join(f"{outcome:>{_COLUMN}}" for outcome in Outcome)
        for kind in Kind:
            numbers = (self.number(kind, outcome) for outcome in Outcome)
            cells = "".join(f"{number:>{_COLUMN}}" for number in numbers)
            yield f"{kind.capitalize():<{_COLUMN}}{cells}"
        for oddity, (total, names) in self.oddities().items():
            yield from ("", f"{oddity} ({total}):", *(f"  - {name}" for name in names))
            if total > len(names):
                yield f"  ... and {total - len(names)} more"
        if self.notes:
            yield from ("", *self.notes)
