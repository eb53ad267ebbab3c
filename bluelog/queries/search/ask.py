"""What a database is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from bluelog.text.search.question import Phrase


@dataclass(frozen=True)
class Ask:
    """Every phrase or any of them, in the title alone or anywhere, with every mark."""

    phrases: Sequence[Phrase]
    marks: Sequence[str]
    every: bool
    in_title: bool
