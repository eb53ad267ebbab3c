"""How fast a reader's page is, against what it could cost at the least.

    make bench    (needs nginx and wrk; about six minutes on a quiet machine)

Everything runs at once on this machine, and rounds are interleaved, so that what disturbs one
disturbs all: compare the ratios, not the rates. Writes a table, and with --plot a picture.
"""

import argparse
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import content, plot, stand, wrk
from bench.processes import cpu_seconds, pss_bytes, wait_for_rest


@dataclass
class Target:
    """One way to the page: its address, the processes it takes, and what was measured."""

    name: str
    url: str
    pids: tuple[int, ...]
    against: str = ""
    rounds: list[wrk.Figures] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        return [figures.rate for figures in self.rounds]


def main() -> int:
    """Measure, print the table; 1 if anything answered otherwise than it should."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bluelog-bench-") as folder, ExitStack() as running:
        place = stand.build(Path(folder), running)
        targets = _targets(place)
        for _ in range(options.rounds):
            for target in targets:
                _measure(target, place, options.seconds, options.connections)
        print(_table(targets))
        _print_memory(place)
        print(f"exec of gunicorn to the first 200: {stand.start_seconds(place):.2f} s, median of 5")
    if options.plot:
        rows = [(t.name, statistics.median(t.rates), min(t.rates), max(t.rates)) for t in targets]
        options.plot.write_text(plot.bars("Requests a second", rows), "utf-8")
    return int(any(figures.failures for target in targets for figures in target.rounds))


def _targets(place: stand.Stand) -> list[Target]:
    page = f"/post/{content.SLUG}"
    web, alone, site = (place.processes[name].pid for name in ("bluelog", "alone", "nginx"))
    bare, flask, uncached = (place.processes[n].pid for n in ("bare", "flask", "uncached"))
    return [
        Target("bare WSGI app, gunicorn", place.http("bare") + "/", (bare,)),
        Target("bare Flask route, gunicorn", place.http("flask") + "/", (flask,)),
        Target("Bluelog cached, gunicorn", place.http("alone") + page, (alone,), "bare WSGI app"),
        Target("the same, log by nginx", place.http("bluelog") + page, (web,), "bare WSGI app"),
        Target("Bluelog uncached", place.http("uncached") + page, (uncached,), "bare Flask route"),
        Target("nginx, a file", place.https("file") + "/page.html", (site,)),
        Target("nginx, bare WSGI app", place.https("proxied") + "/", (site, bare)),
        Target("our nginx, micro-cache", place.https("site") + page, (site, web), "nginx, a file"),
        Target("our nginx, none", place.https("plain") + page, (site, web), "nginx, bare"),
    ]


def _measure(target: Target, place: stand.Stand, seconds: int, connections: int) -> None:
    headers = {"Host": place.site.host, "Accept-Encoding": "gzip"}
    before = sum(map(cpu_seconds, target.pids))
    figures = wrk.measure(target.url, seconds=seconds, connections=connections, headers=headers)
    used = sum(map(cpu_seconds, target.pids)) - before
    target.rounds.append(figures)
    target.cpu_ms.append(1000 * used / max(1, figures.requests))


def _table(targets: list[Target]) -> str:
    head = "| what | requests/s | range | p50 ms | p99 ms | CPU ms | ratio |\n|" + "---|" * 7
    return "\n".join([head, *(_row(target, targets) for target in targets)])


def _row(target: Target, targets: list[Target]) -> str:
    middle = statistics.median
    other = next((t for t in targets if target.against and t.name.startswith(target.against)), None)
    ratio = ""
    if other:
        pairs = [own / base for own, base in zip(target.rates, other.rates, strict=True)]
        ratio = f"{middle(pairs):.3f} ({min(pairs):.3f} to {max(pairs):.3f}) of {other.name}"
    return (
        f"| {target.name} | {middle(target.rates):,.0f} "
        f"| {min(target.rates):,.0f} to {max(target.rates):,.0f} "
        f"| {middle([f.p50 for f in target.rounds]):.2f} "
        f"| {middle([f.p99 for f in target.rounds]):.2f} "
        f"| {middle(target.cpu_ms):.3f} | {ratio} |"
    )


def _print_memory(place: stand.Stand) -> None:
    rests = wait_for_rest(place.processes["worker"].pid)
    parts = {name: pss_bytes(place.processes[name].pid) for name in ("bluelog", "worker", "nginx")}
    shown = ", ".join(f"{name} {size / 1024**2:.0f}" for name, size in parts.items())
    how = "at rest" if rests else "while the worker works"
    print(f"PSS of the whole stack, {how}: {sum(parts.values()) / 1024**2:.0f} MiB ({shown})")


if __name__ == "__main__":
    sys.exit(main())
