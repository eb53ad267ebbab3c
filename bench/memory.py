"""Memory of a way to the page, and of the whole stack once every kind of page was asked for.

PSS divides what processes share by the number that share it, and every gunicorn has the same
interpreter and libraries: while others run, each looks smaller than it is. So only what is counted
runs then. The program that measures is an interpreter too, which hides about a megabyte.
"""

from dataclasses import dataclass

from bench import content
from bench.processes import pss_bytes, wait_for_rest
from bench.stand import Stand
from tests.deploy.asking import Client

MIB = 1024**2
# What the programs of the stack are called in the table.
_PARTS = {"bluelog": "web", "worker": "worker", "nginx": "nginx"}


@dataclass(frozen=True)
class Whole:
    """PSS by part in bytes, after how many addresses, and whether the worker was at rest."""

    parts: dict[str, int]
    addresses: int
    rests: bool

    @property
    def mib(self) -> float:
        return sum(self.parts.values()) / MIB

    def table(self) -> str:
        """A row a part, as Markdown."""
        rows = [f"| {name} | {size / MIB:.0f} |" for name, size in self.parts.items()]
        return "\n".join(["| part | PSS MiB |", "|---|---|", *rows, f"| in all | {self.mib:.0f} |"])


def of_the_whole_stack(place: Stand) -> Whole:
    """End all that is no part of the stack, ask for every kind of page, and count at rest."""
    place.end_all_but(*_PARTS)
    asked = _ask_for_every_kind(place)
    rests = wait_for_rest(place.processes["worker"].pid)
    parts = {part: pss_of(place, name) for name, part in _PARTS.items()}
    return Whole(parts, asked, rests)


def pss_of(place: Stand, *names: str) -> int:
    """Bytes of those programs with their descendants."""
    return sum(map(pss_bytes, place.pids(*names)))


def _ask_for_every_kind(place: Stand) -> int:
    """Through nginx: readers' pages as a stranger, then those and the dashboard in a session."""
    kinds = content.addresses(place.environ)
    stranger, ada = Client(place.site.url), content.administrator(place.environ, place.site.url)
    asked = [(stranger, path) for path in kinds["readers"].values()]
    asked += [(ada, path) for path in (kinds["readers"] | kinds["dashboard"]).values()]
    for who, path in asked:
        answer = who.get(path)
        # A comment's own address leads to its place.
        assert answer.status in (200, 302), f"{path}: {answer.status} {answer.text[:500]}"
    return len(asked)
