"""Somebody with a keyboard and no mouse, who has to see where she is at every step."""

import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage import PATIENCE_SECONDS

MOST_STEPS = 90
# Where the keyboard is, and what there is to see of it: a line around, or the caret in a text.
_WHERE = """() => {
    const outer = document.activeElement;
    const here = outer.matches('.cke_panel iframe') ? outer.contentDocument.activeElement : outer;
    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(here);
    const {left, right, top, bottom} = outer.getBoundingClientRect();
    const hasLine = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
    const isText = here.isContentEditable || here.matches('textarea, input:not([type=checkbox])');
    const across = (left + right) / 2;
    const down = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const over = document.elementFromPoint(across, down);
    const faults = {
        'is lost': outer === document.body,
        'has nothing to see': !hasLine && boxShadow === 'none' && !isText,
        'is out of sight': bottom <= 0 || top >= innerHeight,
        'is covered': !over || !(outer.contains(over) || over.contains(outer)),
    };
    const what = `${here.tagName}#${here.id} ${here.className} ${here.textContent.trim()}`;
    const fault = Object.keys(faults).find((name) => faults[name]) || '';
    return {what: what.slice(0, 120), fault};
}"""


class Hands:
    """What her fingers do; focus that is lost, or not to be seen, ends the test."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> "Hands":
        for key in keys:
            self.page.keyboard.press(key)
            self.look()
        return self

    def type(self, words: str) -> "Hands":
        self.page.keyboard.type(words)
        self.look()
        return self

    def leave(self, key: str = "Enter") -> "Hands":
        """Press what leads to another page, where the keyboard begins at the top."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return self

    def to(self, goal: Locator, key: str = "Tab") -> "Hands":
        """Go on until it is reached."""
        return self.until(lambda: self.is_at(goal), key, str(goal))

    def until(self, holds: Any, key: str = "Tab", what: str = "") -> "Hands":
        passed = []
        for _ in range(MOST_STEPS):
            if holds():
                return self
            self.page.keyboard.press(key)
            passed.append(self.look())
        raise AssertionError(f"{what} is never reached: {passed}")

    def is_at(self, goal: Locator) -> bool:
        return bool(goal.evaluate("node => node === document.activeElement"))

    def look(self) -> str:
        """Make sure that she is somewhere, and sees where."""
        here: dict[str, str] = self.page.evaluate(_WHERE)
        until = time.monotonic() + PATIENCE_SECONDS
        # Dialogs hand the focus on, and pages scroll to it, a moment later.
        while here["fault"] and time.monotonic() < until:
            self.page.wait_for_timeout(50)
            here = self.page.evaluate(_WHERE)
        assert not here["fault"], f"the focus {here['fault']}: {here['what']}"
        return here["what"]

    def arrives(self, goal: Locator) -> "Hands":
        """What was done has brought the keyboard there."""
        expect(goal).to_be_focused(timeout=30_000)
        self.look()
        return self
