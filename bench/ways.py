"""The ways to the page, what was measured of each, and the tables of it as Markdown."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench import content, stand, wrk
from bench.memory import MIB, Whole

_COLUMNS = (
    "what",
    "requests/s",
    "range",
    "p50 ms",
    "p99 ms",
    "CPU ms",
    "PSS MiB",
    "bytes",
    "ratio",
)
MOST_MIB, MOST_START_SECONDS = 180, 1.5


@dataclass
class Way:
    """One way to the page: its address, the programs it takes, and what was measured."""

    name: str
    url: str
    needs: tuple[str, ...]
    against: str = ""
    rounds: list[wrk.Figures] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    pss: int = 0
    answer_bytes: int = 0

    @property
    def rates(self) -> list[float]:
        return [figures.rate for figures in self.rounds]


BARE, FLASK = "bare WSGI app, gunicorn", "bare Flask route, gunicorn"
CACHED, UNCACHED = "Bluelog cached, gunicorn", "Bluelog uncached"
FILE, PROXIED = "nginx, a file", "nginx, bare WSGI app"
KEPT, PLAIN = "our nginx, micro-cache", "our nginx, none"
# What is wanted of a way's ratio, in the words of docs/performance.md.
_WANTED = {
    CACHED: ("kept page, gunicorn alone, of the bare WSGI app", 0.85),
    KEPT: ("the same through nginx with its short-lived cache, of nginx with a file", 0.85),
    PLAIN: ("the same without that cache, of nginx before the bare app", 0.85),
    UNCACHED: ("a page made anew, of the bare Flask route", 0.06),
}


def ways(place: stand.Stand) -> list[Way]:
    """All of them; where one has another to be compared with, that one comes before it."""
    page = f"/post/{content.SLUG}"
    return [
        Way(BARE, place.http("bare") + "/", ("bare",)),
        Way(FLASK, place.http("flask") + "/", ("flask",)),
        Way(CACHED, place.http("alone") + page, ("alone",), BARE),
        Way("the same, log by nginx", place.http("bluelog") + page, ("bluelog",), BARE),
        Way(UNCACHED, place.http("uncached") + page, ("uncached",), FLASK),
        Way(FILE, place.https("file") + "/page.html", ("nginx",)),
        Way(PROXIED, place.https("proxied") + "/", ("bare", "nginx")),
        Way(KEPT, place.https("site") + page, ("bluelog", "nginx"), FILE),
        Way(PLAIN, place.https("plain") + page, ("bluelog", "nginx"), PROXIED),
    ]


def table(measured: Sequence[Way]) -> str:
    """A row a way, each beside what it is compared with."""
    head = f"| {' | '.join(_COLUMNS)} |\n{'|---' * len(_COLUMNS)}|"
    return "\n".join([head, *(_row(way, measured) for way in measured)])


def wanted_table(measured: Sequence[Way], whole: Whole, start_seconds: float) -> str:
    """What is wanted, and what was measured."""
    rows = ["| | wanted | measured |", "|---|---|---|"]
    by_name = {way.name: way for way in measured}
    for name, (words, least) in _WANTED.items():
        pairs = _ratios(by_name[name], measured)
        said = f"{_middle(pairs):.2f} ({min(pairs):.2f} to {max(pairs):.2f})"
        rows.append(_wanted(words, f"{least}", said, is_reached=_middle(pairs) >= least))
    words = "memory of the whole stack (PSS)" + ("" if whole.rests else ", while the worker works")
    is_small = whole.mib <= MOST_MIB
    rows.append(_wanted(words, f"{MOST_MIB} MiB", f"{whole.mib:.0f} MiB", is_reached=is_small))
    words, said = "from the start of gunicorn to the first answer", f"{start_seconds:.2f} s"
    is_quick = start_seconds <= MOST_START_SECONDS
    rows.append(_wanted(words, f"{MOST_START_SECONDS} s", said, is_reached=is_quick))
    return "\n".join(rows)


def _wanted(words: str, wanted: str, measured: str, *, is_reached: bool) -> str:
    return f"| {words} | {wanted} | {measured}{'' if is_reached else ': not reached'} |"


def _row(way: Way, measured: Sequence[Way]) -> str:
    cells = [
        way.name,
        f"{_middle(way.rates):,.0f}",
        f"{min(way.rates):,.0f} to {max(way.rates):,.0f}",
        f"{_middle([figures.p50 for figures in way.rounds]):.2f}",
        f"{_middle([figures.p99 for figures in way.rounds]):.2f}",
        f"{_middle(way.cpu_ms):.3f}",
        f"{way.pss / MIB:.0f}",
        f"{way.answer_bytes:,}",
        _ratio(way, measured),
    ]
    return f"| {' | '.join(cells)} |"


def _ratio(way: Way, measured: Sequence[Way]) -> str:
    if not way.against:
        return ""
    pairs = _ratios(way, measured)
    return f"{_middle(pairs):.3f} ({min(pairs):.3f} to {max(pairs):.3f}) of {way.against}"


def _ratios(way: Way, measured: Sequence[Way]) -> list[float]:
    other = next(each for each in measured if each.name == way.against)
    return [own / base for own, base in zip(way.rates, other.rates, strict=True)]


def _middle(values: Sequence[float]) -> float:
    return statistics.median(values)
