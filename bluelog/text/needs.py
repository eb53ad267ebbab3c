"""What a rendered text asks of the page around it, so that no other page pays for it."""

from dataclasses import dataclass

from bluelog.text.embeds import players

# Tags that rendering alone makes, as it writes them.
_STYLED = ('<span class="', "<math", '<nav class="toc"', 'data-embed="', '<li class="task"')


@dataclass(frozen=True, slots=True)
class Needs:
    """A further stylesheet, and the servers whose frames may be opened."""

    extras: bool
    players: tuple[str, ...]


def needs_of(html: str) -> Needs:
    """Tell them by the tags of the rendered text."""
    return Needs(any(mark in html for mark in _STYLED), tuple(players(html)))
