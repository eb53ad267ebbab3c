"""How far pages look, made short: then even a small blog reaches past where each of them ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from bluelog.blueprints.blog import feeds as feed_views
from bluelog.queries import feeds, sitemap
from bluelog.queries.paging import Window

SHORT: tuple[tuple[ModuleType, str, Any], ...] = (
    (sitemap, "PART", 4),
    (sitemap, "MOST_CHANGES", 4),
    (sitemap, "_LOOKED_AT", 2),
    (feeds, "_LOOKED_AT", 4),
    (feed_views, "SIZE", 3),
    (feed_views, "NEWEST", Window(3)),
)
# The statements that are made once, with a bound in them.
_MADE_ONCE = (sitemap._last, feeds._newest)


@contextmanager
def short_windows() -> Iterator[None]:
    """Let pages look at no more than a few rows meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in SHORT:
            patch.setattr(module, name, value)
        _forget_statements()
        yield
    _forget_statements()


def _forget_statements() -> None:
    for made in _MADE_ONCE:
        made.cache_clear()
