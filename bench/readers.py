"""How fast a reader's page is, against what it could cost at the least.

    make bench    (needs nginx and wrk; about ten minutes on a quiet machine)

Everything runs at once on this machine, and rounds are interleaved, so that what disturbs one
disturbs all: compare the ratios, not the rates. Afterwards memory is counted, of the whole stack
and of each way, with nothing else running beside it. Prints the tables of docs/performance.md as
Markdown, and draws the rates.
"""

import argparse
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import memory, plot, stand, wire, wrk
from bench.processes import cpu_seconds, wait_for_rest
from bench.ways import Way, table, wanted_table, ways


@dataclass(frozen=True)
class _Asking:
    """How a round asks."""

    seconds: int
    connections: int
    headers: dict[str, str]

    def measure(self, url: str) -> wrk.Figures:
        return wrk.measure(
            url, seconds=self.seconds, connections=self.connections, headers=self.headers
        )


def main() -> int:
    """Measure, print the tables; 1 if anything answered otherwise than it should."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bluelog-bench-") as folder, ExitStack() as running:
        place = stand.build(Path(folder), running)
        headers = {"Host": place.site.host, "Accept-Encoding": "gzip"}
        asking, measured = _Asking(options.seconds, options.connections, headers), ways(place)
        for _ in range(options.rounds):
            for way in measured:
                _measure(way, place, asking)
        whole = memory.of_the_whole_stack(place)
        for way in measured:
            _weigh(way, place, asking)
        place.end_all_but()
        start_seconds = stand.start_seconds(place)
    print(table(measured), wanted_table(measured, whole, start_seconds), sep="\n\n")
    print(f"\nMemory after {whole.addresses} addresses:\n\n{whole.table()}")
    rows = [(w.name, statistics.median(w.rates), min(w.rates), max(w.rates)) for w in measured]
    options.plot.write_text(plot.bars("Requests a second", rows), "utf-8")
    return int(any(figures.failures for way in measured for figures in way.rounds))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--plot", type=Path, default=Path("readers.svg"))
    return parser.parse_args()


def _measure(way: Way, place: stand.Stand, asking: _Asking) -> None:
    pids = place.pids(*way.needs)
    before = sum(map(cpu_seconds, pids))
    figures = asking.measure(way.url)
    used = sum(map(cpu_seconds, pids)) - before
    way.rounds.append(figures)
    way.cpu_ms.append(1000 * used / max(1, figures.requests))
    if {"bluelog", "nginx"} <= set(way.needs):
        # It reads the access log of this round, every five seconds, and that is no other's cost.
        wait_for_rest(place.processes["worker"].pid, looks=2)


def _weigh(way: Way, place: stand.Stand, asking: _Asking) -> None:
    """Its bytes, and the memory of its programs alone after a round."""
    place.end_all_but()
    place.start(*way.needs)
    way.answer_bytes = wire.answer_bytes(way.url, asking.headers)
    asking.measure(way.url)
    way.pss = memory.pss_of(place, *way.needs)


if __name__ == "__main__":
    sys.exit(main())
