"""What a database is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from bluelog.text.search.question import Phrase


@dataclass(frozen=True)
class Ask:
    """Every phrase or any of them, in the title alone or anywhere, with every mark.

    `end` is a place: what is scheduled stands behind it, and is not walked along.
    """

    phrases: Sequence[Phrase]
    marks: Sequence[str]
    every: bool
    in_title: bool
    end: int | None
