"""Of every half second nginx knows the key, and that of the one after it, whatever digits turn."""

import re
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "deploy/nginx/bluelog.conf"
SECONDS = [*range(1795810000, 1795810200), 1795810999, 1795818999, 1795909999]
# How far into its half second each turn of pages begins to be made ahead.
BEGINS = (50, 110, 170, 230)
FIRST = (0, 49, 50, 99, 109, 110, 169, 170, 229, 230, 350, 499)
MILLISECONDS = (*FIRST, *(500 + part for part in FIRST))
MOMENTS = [(second, part) for second in SECONDS for part in MILLISECONDS]


def looked_up(name: str, subject: str, default: str) -> str:
    """What nginx's map gives: that of the first pattern which is found in the subject."""
    text = SITE.read_text()
    start = text.index(f"${name} {{")
    rules = re.findall(r'"~(.+)" "?(.+?)"?;', text[start : text.index("\n}", start)])
    for pattern, words in rules:
        if found := re.search(pattern.replace("(?<bluelog", "(?P<bluelog"), subject):
            return re.sub(r"\$\{?(bluelog_\w+)\}?", lambda name: found[name[1]], words)
    return default


@pytest.mark.parametrize("turn", range(len(BEGINS)))
@pytest.mark.parametrize(
    "number", ["123 3", "123 13", "123 2", "123 12", "123 31", "8 8", "8 3", "45 4", "45 5", "11 1"]
)
def test_the_one_after_it_is_made_ahead_in_its_last_part(number: str, turn: int) -> None:
    connection, request = number.split()
    asks = request[-1] in (connection[-2:] if turn else connection[-1])
    for second, part in MOMENTS:
        at = f"{second}.{part:03d}"
        here = f"{second} {'first' if part < 500 else 'second'}"
        after = f"{second} second" if part < 500 else f"{second + 1} first"
        is_last = part % 500 >= BEGINS[turn]
        is_left_out = second % 10_000 == 9999 and part >= 500
        assert looked_up("bluelog_half", at, "") == here
        ahead = looked_up("bluelog_asks_ahead", f"{turn} {number} {at}", "0") == "1"
        assert ahead == (asks and is_last and not is_left_out)
        if ahead:
            assert looked_up("bluelog_next_half", at, "") == after
