"""How deep HTML goes, told without parsing it."""

import re
from collections import Counter

from bluelog.text.vocabulary import tags

# Void, or closed by what follows them: an opening one alone does not mean that it stays open.
NEVER_COUNTED = tags(
    "a area base br col dd dt embed hr img input li link meta option p source tbody td tfoot th "
    "thead tr track wbr"
)

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")


def nesting(html: str) -> int:
    """Estimate how many elements stand in one another at the deepest place.

    Parsers take time by the square of this, so it is asked before they see the text.
    """
    still_open: Counter[str] = Counter()
    level = deepest = 0
    for slash, name in _TAG.findall(html.lower()):
        if name in NEVER_COUNTED:
            continue
        if not slash:
            still_open[name] += 1
            level += 1
            deepest = max(deepest, level)
        elif still_open[name]:
            still_open[name] -= 1
            level -= 1
    return deepest
