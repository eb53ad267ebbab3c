"""From an empty blog to a reply that reached its reader, in both languages."""

import pytest

from tests.e2e.conftest import Visit
from tests.e2e.first_day import CHINESE, ENGLISH, Words, live_through
from tests.e2e.stage import DESK, PHONE, Blog
from tests.postbox import Postbox


@pytest.mark.parametrize(
    ("words", "screen"),
    [(ENGLISH, DESK), (CHINESE, PHONE)],
    ids=["English on a desk", "Chinese on a phone"],
)
def test_the_first_day(
    blog: Blog, visitor: Visit, letters: Postbox, words: Words, screen: dict[str, int]
) -> None:
    options = {"viewport": screen, "locale": "zh-CN" if words.code == "zh-Hans" else "en-GB"}
    live_through(visitor(**options).page, visitor(**options).page, blog, letters, words)
