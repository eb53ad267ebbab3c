"""Readers at half of what the stack can do, alone and while others comment and save.

    .venv/bin/python -m bench.mixed [--seconds 20] [--comments 20] [--saves 1]

Needs nginx and h2load. Everything goes through nginx with the shipped site. Readers spread over the
newest posts and the lists; somebody with the right to publish comments on those very posts, and
another one is saved again and again, so that pages change all the time. Prints readers' latency in
both runs, how much was answered from memory, and how many writes were acknowledged; exits 1 if a
write was not, or a reader got no page.
"""

import argparse
import math
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count, cycle
from pathlib import Path
from threading import Event, Thread

from bench import content, stand
from tests.deploy.asking import Answer, Client

PASSWORD = "a-lantern-by-the-window"
CLIENTS = 16
HOT_POSTS = 40
COMMENTERS = 8
_ADDRESS = re.compile(r'href="(/post/[^"#?/]+)"')
_CHOSEN = re.compile(r'<option selected[^>]*value="(\d+)"|<option value="(\d+)"[^>]* selected')
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
        answer = act()
        if answer.status == 303:
            self.milliseconds.append(1000 * answer.seconds)
        else:
            self.refused.append(f"{answer.status}: {answer.text[:200]}")


def main() -> int:
    """Measure and print; 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--comments", type=float, default=20, help="a second")
    parser.add_argument("--saves", type=float, default=1, help="a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bluelog-bench-") as folder, ExitStack() as running:
        place = stand.build(Path(folder), running, tells_what_the_app_said=True)
        ada = _administrator(place)
        hot = _hot_posts(ada)
        (place.folder / "addresses").write_text(_addresses(place, hot))
        capacity = _read(place, seconds=5).rate
        print(f"Capacity: {capacity:,.0f} requests a second, {CLIENTS} clients.")
        print("| readers | asked/s | got/s | p50 ms | p99 ms | nginx had it | the app had it |")
        print("|---|---|---|---|---|---|---|")
        alone = _read(place, options.seconds, capacity / 2)
        _print_readers("alone", capacity / 2, alone)
        with _writing(ada, hot, options) as (comments, saves):
            beside = _read(place, options.seconds, capacity / 2)
        _print_readers("beside writers", capacity / 2, beside)
    ratio = beside.percentile_ms(99) / alone.percentile_ms(99)
    print(f"p99 beside writers: {ratio:.2f} times that alone.")
    _print_writes("comments", comments)
    _print_writes("saves", saves)
    return int(any((alone.failures, beside.failures, comments.refused, saves.refused)))


def _administrator(place: stand.Stand) -> Client:
    flask = [sys.executable, "-m", "flask", "init"]
    words = ["--username", "ada", "--password", PASSWORD]
    subprocess.run([*flask, *words], env=place.environ, cwd=stand.ROOT, check=True)
    ada = Client(place.site.url)
    ada.sign_in("ada", PASSWORD)
    return ada


def _hot_posts(ada: Client) -> list[str]:
    """The newest posts, and the one that is measured elsewhere."""
    found, path = [f"/post/{content.SLUG}"], "/"
    while len(found) < HOT_POSTS and path:
        page = ada.get(path).text
        found += [address for address in _ADDRESS.findall(page) if address not in found]
        older = re.search(r'href="(/\?after=[^"]+)"', page)
        path = older[1] if older else ""
    return found[:HOT_POSTS]


def _addresses(place: stand.Stand, hot: list[str]) -> str:
    lists = cycle(("/", "/about", "/links", "/?before=end"))
    # Every fifth reader is on a list.
    paths = [path for post, one in zip(hot, lists, strict=False) for path in (*[post] * 4, one)]
    return "".join(f"{place.https('site')}{path}\n" for path in paths)


def _read(place: stand.Stand, seconds: int, rate: float | None = None) -> Readers:
    log, access = place.folder / "readers.tsv", place.site.nginx_logs / "bluelog.access.log"
    command = ["h2load", f"-c{CLIENTS}", "-t1", "-m1", f"-D{seconds}", f"--log-file={log}"]
    command += [f"--rps={rate / CLIENTS:.2f}"] if rate else []
    command += ["-H", f":authority: {place.site.host}", "-H", "accept-encoding: gzip"]
    log.unlink(missing_ok=True)
    before = access.stat().st_size if access.exists() else 0
    subprocess.run(
        [*command, "-i", str(place.folder / "addresses")], check=True, capture_output=True
    )
    rows = [line.split("\t") for line in log.read_text().splitlines()]
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
    numbers = iter(range(sys.maxsize))

    def comment() -> Answer:
        path, words = next(posts), {"body": f"Comment number {next(numbers)}."}
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
    numbers = iter(range(sys.maxsize))

    def save() -> Answer:
        form = ada.get(f"/admin/posts/{found[1]}/edit")
        kept = {name: form.field(name) for name in ("csrf_token", "version", "title", "slug")}
        chosen = _CHOSEN.search(form.text.partition('name="category_id"')[2])
        assert chosen
        source = f"<p>Saved {next(numbers)} times.</p>" + "<p>lantern harbour</p>" * 40
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


def _print_readers(name: str, rate: float, seen: Readers) -> None:
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
