"""Slugs for many rows at once, without a query for each."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

from bluelog.text.slug import numbered, slugify

Style = Literal["pinyin", "native"]


class Slugs:
    """Those that are taken; each one given out is taken as well."""

    def __init__(self, taken: Iterable[str], style: Style) -> None:
        self._taken = set(taken)
        self._style = style
        self._last: defaultdict[str, int] = defaultdict(lambda: 1)

    def give(self, title: str) -> str:
        """A slug for the title; a clash takes a number."""
        base = slug = slugify(title, style=self._style)
        while slug in self._taken:
            self._last[base] += 1
            slug = numbered(base, self._last[base])
        self._taken.add(slug)
        return slug
