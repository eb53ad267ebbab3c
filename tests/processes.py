"""Apps in processes of their own on one database, whose clock the test moves for all of them."""

import hashlib
import mmap
import multiprocessing
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from flask import Flask

from bluelog import clock
from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, ArchiveMonth, Category, Post, Series, Tag, User
from bluelog.queries import sitemap
from bluelog.reactions import revisions
from bluelog.web.pages.shared import PLACE_BYTES, PLACES, Shared
from tests.conftest import NOW, make_app
from tests.kept import Readers, Variant, cache_of, forget_parts
from tests.wandering import Wanderer
from tests.windows import short_windows

PATIENCE_SECONDS = 120
KEPT_BYTES = 2**25
_SPAWN = multiprocessing.get_context("spawn")
_POSITION = re.compile(rb'href="([^"#]*[?](?:after|before)=[^"#]*)')
Asked = tuple[str, Variant]


@dataclass(frozen=True)
class Sight:
    """What one process answered; two are equal where a reader would see the same."""

    status: int
    digest: str
    how: str
    further: tuple[str, ...]

    @property
    def seen(self) -> tuple[int, str]:
        return self.status, self.digest


class SharedTime:
    """In place of what `bluelog.clock`, the one place that asks, asks what time it is."""

    def __init__(self, seconds: Any) -> None:
        self._seconds = seconds

    def now(self, zone: tzinfo) -> datetime:
        return datetime.fromtimestamp(self._seconds.value, zone)

    def time(self) -> float:
        return float(self._seconds.value)


class Process:
    """One app; what it is asked for is answered in order."""

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self._process, self._pipe = process, pipe

    def ask(self, *order: Any) -> None:
        self._pipe.send(order)

    def answer(self) -> Any:
        if not self._pipe.poll(PATIENCE_SECONDS):
            raise TimeoutError("a process does not answer")
        found = self._pipe.recv()
        if isinstance(found, BaseException):
            raise found
        return found

    def end(self) -> None:
        self._pipe.send(None)
        self._process.join(PATIENCE_SECONDS)


class Look(NamedTuple):
    """Where a process answered something else than a new page, how many answers were from memory,
    and where the pages lead.
    """

    wrong: list[str]
    hits: int
    further: set[str]


class House:
    """Some processes that keep pages, one that makes every page anew, and their clock."""

    def __init__(self, keeping: Sequence[Process], anew: Process, seconds: Any) -> None:
        self.keeping, self.anew, self._seconds = keeping, anew, seconds

    def wait(self, span: timedelta) -> None:
        self._seconds.value += span.total_seconds()

    def act(self, number: int, name: str, seed: int, meanwhile: Sequence[Asked]) -> str:
        """Have one process do something while the others read."""
        actor = self.keeping[number]
        others = [process for process in self.keeping if process is not actor]
        actor.ask("act", name, seed)
        for other in others:
            other.ask("read", meanwhile)
        done = str(actor.answer())
        for other in others:
            other.answer()
        return done

    def look(self, asked: Sequence[Asked]) -> "Look":
        """Ask every process for the same pages."""
        everyone = [self.anew, *self.keeping]
        for process in everyone:
            process.ask("read", asked)
        anew, *kept = [process.answer() for process in everyone]
        wrong = [
            f"process {number}: {path} {variant}: {sight.how}, {sight.status} for {right.status}"
            for number, sights in enumerate(kept)
            for (path, variant), sight, right in zip(asked, sights, anew, strict=True)
            if sight.seen != right.seen
        ]
        hits = sum("hit" in sight.how for sights in kept for sight in sights)
        return Look(wrong, hits, {path for right in anew for path in right.further})

    def paths(self) -> list[str]:
        self.anew.ask("paths")
        return list(self.anew.answer())


class Setting(NamedTuple):
    """What an app is made of.

    `without` names what is not to grow when something changes, `shared` is the file of the memory
    in which processes share pages that came of no common one.
    """

    folder: Path
    url: str
    seconds: Any
    without: str = ""
    shared: Path | None = None


@contextmanager
def house(folder: Path, url: str, *, count: int = 3, without: str = "") -> Iterator[House]:
    """That many processes that keep pages, all but the last of which share them, and one that does
    not.
    """
    seconds = _SPAWN.Value("d", NOW.timestamp())
    setting = Setting(folder, url, seconds, without)
    shared = folder / "shared-pages"
    shared.write_bytes(bytes(PLACES * PLACE_BYTES))
    settings = [setting._replace(shared=shared)] * (count - 1) + [setting]
    keeping = [_start(each, KEPT_BYTES) for each in settings]
    anew = _start(setting, 0)
    try:
        yield House(keeping, anew, seconds)
    finally:
        for process in (*keeping, anew):
            process.end()


def _start(setting: Setting, most_bytes: int) -> Process:
    here, there = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_serve, args=(setting, most_bytes, there), daemon=True)
    process.start()
    return Process(process, here)


def _serve(setting: Setting, most_bytes: int, pipe: Connection) -> None:
    shared: Any = SharedTime(setting.seconds)
    clock.datetime = clock.time = shared
    _switch_off(setting.without)
    with short_windows():
        _answer_all(setting, most_bytes, pipe)


def _answer_all(setting: Setting, most_bytes: int, pipe: Connection) -> None:
    sizes = {"BLUELOG_POST_PER_PAGE": "3", "BLUELOG_COMMENT_PER_PAGE": "3"}
    rest = {"BLUELOG_PAGE_CACHE_BYTES": str(most_bytes), "SECRET_KEY": "the same for all"}
    app = make_app(setting.folder, setting.url, **sizes, **rest)
    if setting.shared:
        with setting.shared.open("r+b") as file:
            cache_of(app).shared = Shared(mmap.mmap(file.fileno(), 0))
    for name, *arguments in iter(pipe.recv, None):
        try:
            pipe.send(_ORDERS[name](app, *arguments))
        except Exception as error:  # noqa: BLE001 - the test is told
            pipe.send(RuntimeError(f"{name} {arguments[:2]}: {error!r}"))


def _switch_off(what: str) -> None:
    if not what:
        return
    note = revisions.Changes.note

    def note_less(self: Any, *, post_id: int | None = None, frame: bool = False) -> None:
        note(self, post_id=None if what == "post" else post_id, frame=frame and what != "frame")
        self.content = self.content and what != "content"

    revisions.Changes.note = note_less  # type: ignore[method-assign]


def _act(app: Flask, name: str, seed: int) -> str:
    with app.app_context():
        return Wanderer(Random(seed), clock.now()).act(name)


def _read(app: Flask, asked: Sequence[Asked]) -> list[Sight]:
    if not app.config["BLUELOG_PAGE_CACHE_BYTES"]:
        forget_parts(app)
    return [_sight(app, path, variant) for path, variant in asked]


def _sight(app: Flask, path: str, variant: Variant) -> Sight:
    said, how = Readers.asked(app, path, variant)
    further = {match.decode().replace("&amp;", "&") for match in _POSITION.findall(said.body)}
    return Sight(said.status, hashlib.sha256(said.body).hexdigest(), how, tuple(sorted(further)))


# What begins so has a feed.
_FED = ("/category/", "/author/", "/post/", "/tag/", "/series/")


def _paths(app: Flask) -> list[str]:
    """The pages there may be, those that are not public yet among them."""
    with app.app_context():
        posts = db.session.scalars(db.select(Post).order_by(Post.id))
        there = [post.path for post in posts if post.status in PUBLIC_STATUSES]
        slugs = db.session.scalars(db.select(Category.slug).order_by(Category.id))
        names = db.session.scalars(db.select(User.username).order_by(User.id).limit(6))
        lists = [f"/category/{slug}" for slug in slugs] + [f"/author/{name}" for name in names]
        tagged = [f"/tag/{s}" for s in db.session.scalars(db.select(Tag.slug).order_by(Tag.id))]
        tagged += [f"/series/{s}" for s in db.session.scalars(db.select(Series.slug))]
        rows = db.session.execute(db.select(ArchiveMonth.year, ArchiveMonth.month))
        months = sorted((row.year, row.month) for row in rows)
        years = sorted({year for year, _month in months})
        dated = ["/archive", *(f"/archive/{year}" for year in years)]
        dated += [f"/archive/{year}/{month:02}" for year, month in months]
        feeds = [
            *("/feed.atom", "/comments/feed.rss", "/author/alice/feed.json"),
            *(f"{path}/feed.atom" for path in [*lists, *tagged, *there] if path.startswith(_FED)),
        ]
        # Of the many parts without a post the first stands for all.
        ids = [sitemap.PART, *db.session.scalars(db.select(Post.id))]
        parts = sorted({(post_id - 1) // sitemap.PART + 1 for post_id in ids})
        listed = [f"/sitemap-{number}.xml" for number in parts]
        maps = ["/robots.txt", "/sitemap.xml", "/sitemap-lists.xml", *listed]
        return ["/", "/links", *lists, *tagged, *dated, *there, *feeds, *maps]


_ORDERS = {"act": _act, "read": _read, "paths": _paths}
