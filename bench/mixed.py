"""Readers at half of what the stack can do, alone and while others comment and save.

    .venv/bin/python -m bench.mixed [--runs 3] [--seconds 20] [--comments 20] [--saves 1]

Needs nginx and h2load. Everything goes through nginx with the shipped site. Readers spread over the
newest posts and the lists; somebody with the right to publish comments on those very posts, and
another one is saved again and again, so that pages change all the time. Prints readers' latency in
both runs, how much was answered from memory, and how many writes were acknowledged, as Markdown;
exits 1 if a write was not, or a reader got no page. Who writes has a connection that is open, as
someone has who read the page before.

Latency counts from when a request was due. The readers are as many connections as it takes for
each to be due less than a hundred times a second (h2load's clock ticks no faster, and would send
several at once), and each goes out when it is due, beside up to 99 others of its connection that
are still unanswered: a page that keeps readers waiting keeps no later request from being sent and
counted. Only what h2load itself waits for a core before it sends is not in it. The connections of
one h2load keep in step, so there are several, each with an order of its own: nobody's readers all
turn to the same page at once. All come from one address, so the site's limit of connections from
one is set out of the way, and so is that of nginx in all.
"""

import argparse
import math
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from itertools import count, cycle
from pathlib import Path
from random import Random
from threading import Event, Thread, local

from bench import content, stand
from tests.deploy.asking import Answer, Client, Connection

CROWDS = 16
COMING_SECONDS = 2
# Of a reader's connection: requests a second, and those that may be unanswered at a time.
MOST_DUE, MOST_UNANSWERED = 80, 100
HOT_POSTS = 40
COMMENTERS = 8
IDLE_SECONDS = 5
_ADDRESS = re.compile(r'href="(/post/[^"#?/]+)"')
_CHOSEN = re.compile(r'<option selected[^>]*value="(\d+)"|<option value="(\d+)"[^>]* selected')
# What was said before is answered as then, and not written again: so all runs count on.
_NUMBERS = count()
_KEPT = re.compile(r"kept=(\S+) app_said=([^;]*)(?:; (\S+))?")


@dataclass
class Readers:
    """What h2load saw: microseconds of each request, and what was no page."""

    rate: float
    microseconds: list[int]
    failures: int
    answered: Counter[str]

    def percentile_ms(self, percent: float) -> float:
        ranked = sorted(self.microseconds)
        return ranked[math.ceil(percent / 100 * len(ranked)) - 1] / 1000


@dataclass
class Writes:
    """Writes of one kind, and the milliseconds of those that were acknowledged."""

    sent: int = 0
    milliseconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def make(self, act: Callable[[], Answer]) -> None:
        self.sent += 1
        try:
            answer = act()
        except (OSError, HTTPException) as error:
            self.refused.append(repr(error))
            return
        if answer.status == 303:
            self.milliseconds.append(1000 * answer.seconds)
        else:
            self.refused.append(f"{answer.status}: {answer.text[:200]}")


@dataclass
class Run:
    """Readers alone, then beside writers."""

    alone: Readers
    beside: Readers
    comments: Writes
    saves: Writes

    @property
    def ratio(self) -> float:
        return self.beside.percentile_ms(99) / self.alone.percentile_ms(99)

    @property
    def has_lost_any(self) -> bool:
        lost = self.alone.failures + self.beside.failures
        return bool(lost or self.comments.refused or self.saves.refused)


class Sitting(Client):
    """A browser whose connections stay open, one for each of those who sit before it."""

    def __init__(self, other: Client) -> None:
        super().__init__(other.url)
        self.cookies, self._own = other.cookies, local()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        kept, left_at = getattr(self._own, "left", (None, 0.0))
        # Long before nginx would close it.
        is_open = time.monotonic() - left_at < IDLE_SECONDS
        connection = kept if kept and is_open else self.connection()
        self._own.left = (None, 0.0)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._own.left = (connection, time.monotonic())


def main() -> int:
    """Measure and print; 1 if anything was lost."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bluelog-bench-") as folder, ExitStack() as running:
        place = stand.build(Path(folder), running, readers_have_one_address=True, are_services=True)
        place.end_all_but("bluelog", "worker", "nginx")
        ada = Sitting(content.administrator(place.environ, place.site.url))
        hot = _hot_posts(ada)
        _write_addresses(place, hot)
        capacity = _read(place, seconds=5, clients=1).rate
        runs = [_run(place, ada, hot, capacity / 2, options) for _ in range(options.runs)]
        written = _comments_written(place)
    print(f"Capacity: {capacity:,.0f} requests a second, {CROWDS} clients.\n")
    _print_table(runs, capacity / 2)
    ratios = ", ".join(f"{run.ratio:.1f}" for run in runs)
    print(f"\nThe p99 beside writers is {ratios} times that alone.")
    for run in runs:
        _print_writes("comments", run.comments)
        _print_writes("saves", run.saves)
    print(f"comments in the database: {written}")
    acknowledged = sum(len(run.comments.milliseconds) for run in runs)
    return int(any(run.has_lost_any for run in runs) or written < acknowledged)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--comments", type=float, default=20, help="a second")
    parser.add_argument("--saves", type=float, default=1, help="a second")
    return parser.parse_args()


def _run(
    place: stand.Stand, ada: Client, hot: list[str], rate: float, options: argparse.Namespace
) -> Run:
    alone = _read_when_due(place, options.seconds, rate)
    with _writing(ada, hot, options) as (comments, saves):
        beside = _read_when_due(place, options.seconds, rate)
    return Run(alone, beside, comments, saves)


def _comments_written(place: stand.Stand) -> int:
    path = place.site.data / "bluelog.db"
    with closing(sqlite3.connect(path)) as blog:
        said = "SELECT count(*) FROM comment WHERE body LIKE 'Comment number %'"
        return int(blog.execute(said).fetchone()[0])


def _hot_posts(ada: Client) -> list[str]:
    """The newest posts, and the one that is measured elsewhere."""
    found, path = [f"/post/{content.SLUG}"], "/"
    while len(found) < HOT_POSTS and path:
        page = ada.get(path).text
        found += [address for address in _ADDRESS.findall(page) if address not in found]
        older = re.search(r'href="(/\?after=[^"]+)"', page)
        path = older[1] if older else ""
    return found[:HOT_POSTS]


def _write_addresses(place: stand.Stand, hot: list[str]) -> None:
    lists = cycle(("/", "/about", "/links", "/?before=end"))
    # Every fifth reader is on a list.
    paths = [path for post, one in zip(hot, lists, strict=False) for path in (*[post] * 4, one)]
    for crowd in range(CROWDS):
        Random(crowd).shuffle(paths)
        text = "".join(f"{place.https('site')}{path}\n" for path in paths)
        (place.folder / f"{crowd}.addresses").write_text(text)


def _read_when_due(place: stand.Stand, seconds: int, rate: float) -> Readers:
    """Ask at that rate, whatever is still unanswered."""
    clients = math.ceil(rate / CROWDS / MOST_DUE)
    each = rate / CROWDS / clients
    return _read(place, seconds, clients, f"-m{MOST_UNANSWERED}", f"--rps={each:.2f}")


def _read(place: stand.Stand, seconds: int, clients: int, *more: str) -> Readers:
    """Ask with so many clients in each crowd, and leave out what is seen while they come."""
    access = place.site.nginx_logs / "bluelog.access.log"
    command = ["h2load", f"-c{clients}", "-t1", f"-D{COMING_SECONDS + seconds}", *more]
    command += ["-H", f":authority: {place.site.host}", "-H", "accept-encoding: gzip"]
    logs = [place.folder / f"{crowd}.tsv" for crowd in range(CROWDS)]
    before = access.stat().st_size if access.exists() else 0
    crowds = []
    for log in logs:
        log.unlink(missing_ok=True)
        files = [f"--log-file={log}", "-i", str(log.with_suffix(".addresses"))]
        crowds.append(subprocess.Popen([*command, *files], stdout=subprocess.DEVNULL))
    for crowd in crowds:
        assert crowd.wait() == 0
    rows = [line.split("\t") for log in logs for line in log.read_text().splitlines()]
    began = min(int(row[0]) for row in rows) + 1_000_000 * COMING_SECONDS
    ended = began + 1_000_000 * seconds
    rows = [row for row in rows if began <= int(row[0]) < ended]
    took = [int(row[2]) for row in rows if row[1] == "200"]
    time.sleep(1.5)  # nginx writes its log once a second
    return Readers(
        rate=len(took) / seconds,
        microseconds=took,
        failures=len(rows) - len(took),
        answered=_answered(access, before),
    )


def _answered(access: Path, since: int) -> Counter[str]:
    """Who answered: nginx from memory, the app from memory, or the app anew."""
    found: Counter[str] = Counter()
    with access.open("rb") as log:
        log.seek(since)
        for line in log.read().decode(errors="replace").splitlines():
            if '"GET ' in line and (kept := _KEPT.search(line)):
                by_nginx = kept[1] in ("HIT", "STALE", "UPDATING")
                found["nginx" if by_nginx else "app" if kept[3] == "hit" else "anew"] += 1
    return found


@contextmanager
def _writing(
    ada: Client, hot: list[str], options: argparse.Namespace
) -> Iterator[tuple[Writes, Writes]]:
    comments, saves, stop = Writes(), Writes(), Event()
    posts, save = cycle(hot[1:]), _saving(ada)
    forms = {path: _form(ada, path) for path in hot}

    def comment() -> Answer:
        path, words = next(posts), {"body": f"Comment number {next(_NUMBERS)}."}
        return ada.post(path, forms[path] | words)

    kinds = ((options.comments, comments, comment), (options.saves, saves, save))
    threads = [
        Thread(target=_at_a_rate, args=(rate / hands, partial(writes.make, act), stop))
        for hands, (rate, writes, act) in zip((COMMENTERS, 1), kinds, strict=True)
        for _ in range(hands)
    ]
    for thread in threads:
        thread.start()
    try:
        yield comments, saves
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _form(ada: Client, path: str) -> dict[str, str]:
    page = ada.get(path)
    return {name: page.field(name) for name in ("stamp", "csrf_token")}


def _saving(ada: Client) -> Callable[[], Answer]:
    """Saves the measured post, each time as it was saved before and a little longer."""
    page = ada.get(f"/post/{content.SLUG}").text
    found = re.search(r"/admin/posts/(\d+)/edit", page)
    assert found

    def save() -> Answer:
        form = ada.get(f"/admin/posts/{found[1]}/edit")
        kept = {name: form.field(name) for name in ("csrf_token", "version", "title", "slug")}
        chosen = _CHOSEN.search(form.text.partition('name="category_id"')[2])
        assert chosen
        source = f"<p>Save number {next(_NUMBERS)}.</p>" + "<p>lantern harbour</p>" * 40
        more = {"source": source, "language": "en", "comments_open": "y"}
        more["category_id"] = chosen[1] or chosen[2]
        return ada.post(f"/admin/posts/{found[1]}/edit", kept | more)

    return save


def _at_a_rate(rate: float, act: Callable[[], None], stop: Event) -> None:
    began = time.monotonic()
    for number in count():
        due = began + number / rate
        if stop.wait(max(0, due - time.monotonic())):
            return
        act()


def _print_table(runs: list[Run], rate: float) -> None:
    print("| readers | asked/s | got/s | p50 ms | p99 ms | nginx had it | the app had it |")
    print("|---|---|---|---|---|---|---|")
    for run in runs:
        for name, seen in (("alone", run.alone), ("beside writers", run.beside)):
            total = max(1, seen.answered.total())
            print(
                f"| {name} | {rate:,.0f} | {seen.rate:,.0f} | {seen.percentile_ms(50):.2f} "
                f"| {seen.percentile_ms(99):.2f} | {seen.answered['nginx'] / total:.1%} "
                f"| {seen.answered['app'] / total:.1%} |"
            )


def _print_writes(name: str, writes: Writes) -> None:
    took = writes.milliseconds or [math.nan]
    print(
        f"{name}: {len(writes.milliseconds)} of {writes.sent} acknowledged, "
        f"median {statistics.median(took):.0f} ms, longest {max(took):.0f} ms"
    )
    for refused in writes.refused[:3]:
        print(f"  {refused}")


if __name__ == "__main__":
    sys.exit(main())
