"""A server in a folder with everything played but the steps: what is killed there is real.

The data are one SQLite file that says which release it fits, and the words in it. A release that
finds data of another one does not start.
"""

import os
import pwd
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from deploy import aside, data, door, journal, releases, rolling_back, stepping, upgrading
from deploy.choices import Choices
from deploy.fill import Site
from deploy.hand import Failed, Hand
from deploy.journal import Before
from deploy.stepping import Server, finish_what_was_cut_off

ME = pwd.getpwuid(os.geteuid()).pw_name
MIGRATED = "migrated: "
# What changes something on a disk: a kill comes before and after each.
_ACTS = {"chmod", "execute", "fsync", "mkdir", "rename", "replace", "rmdir", "symlink", "unlink"}


class _Manager:
    packages = ()
    start_worker: Callable[[], None]

    def configure(self, hand: Hand, site: Site) -> None: ...
    def start(self, hand: Hand) -> None: ...
    def start_web(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class World:
    """The server, and what it does where no program is run."""

    folder: Path
    server: Server
    can_archive: bool = True
    ill: str = ""  # a release that does not start
    workless: str = ""  # one whose worker dies at once
    is_configurable: bool = True
    has_room: bool = True  # as /readyz judges it

    @property
    def old(self) -> Path:
        return self.folder / "releases" / "old"

    @property
    def new(self) -> Path:
        return self.folder / "releases" / "new"

    @property
    def database(self) -> Path:
        return self.server.site.data / "bluelog.db"

    def write(self, release: str, words: str) -> None:
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("CREATE TABLE IF NOT EXISTS said (release, words)")
            connection.execute("DELETE FROM said")
            connection.execute("INSERT INTO said VALUES (?, ?)", [release, words])
            connection.execute("CREATE TABLE IF NOT EXISTS counter (name PRIMARY KEY, value)")
            connection.commit()

    def said(self, file: Path | None = None) -> tuple[str, str]:
        """The release that the data fit, and the words in them."""
        address = f"{(file or self.database).as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            release, words = connection.execute("SELECT release, words FROM said").fetchone()
        return str(release), str(words)

    def serves(self) -> tuple[str, str]:
        """The release, and the words it shows; only where somebody is let in and it fits."""
        release = releases.CURRENT.resolve().name
        fits, words = self.said()
        assert release == fits
        assert not journal.UNDER_WAY.exists()
        assert self.server.site.run.stat().st_mode & 0o777 == 0o750
        assert " 0750 " in (self.folder / "tmpfiles").read_text()
        return release, words

    def kept(self) -> set[str]:
        """The words in every archive and in what is set aside."""
        backups, site = self.server.site.data / "backups", self.server.site
        files = [*backups.glob("*/*/*.tar.gz"), *(site.data / "set-aside").glob("*/bluelog.db")]
        return {self.said(file)[1] for file in files}

    def upgrade(self) -> None:
        upgrading._step_over(Hand(), self.server, self.old, self.new)

    def roll_back(self) -> None:
        rolling_back.roll_back(Hand(), self.server, yes=True)

    def finish(self) -> None:
        finish_what_was_cut_off(Hand(), self.server)

    def flask(self, release: Path, *words: str, **_: object) -> str:
        """The commands of the blog that a step runs."""
        if words[0] == "backup":
            if not self.can_archive:
                raise Failed("a disk is full")
            archive = Path(words[-1]) / "archive.tar.gz"
            shutil.copy(self.database, archive)
            return f"Archive: {archive}\n"
        if words[0] == "restore":
            self.write("nothing", "half of an archive")
            self.write(*self.said(Path(words[1])))
        elif words == ("db", "upgrade"):
            _, said = self.said()
            self.write("nothing", "half migrated")
            self.write(release.name, MIGRATED + said)
        return ""

    def configure(self, _: object) -> str:
        if not self.is_configurable:
            raise Failed("a stranger's file is bad")
        return ""

    def start_worker(self) -> None:
        """It leaves its word, which holds for a minute."""
        if releases.CURRENT.resolve().name != self.workless:
            with closing(sqlite3.connect(self.database)) as connection:
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("INSERT OR REPLACE INTO counter VALUES ('worker_seen', 1)")
                connection.commit()

    def wait_until_ready(self, *_: object) -> None:
        with closing(sqlite3.connect(self.database)) as connection:
            is_seen = connection.execute("SELECT 1 FROM counter").fetchone()
        if not (is_seen and self.has_room):
            raise Failed("/readyz says no")

    def start(self, *_: object) -> list[str]:
        release = releases.CURRENT.resolve().name
        if release == self.ill or self.said()[0] != release:
            raise Failed(f"{release} does not start")
        return []


def make_world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A server on which the old release serves "words"."""
    site = Site("blog.example.com", data=folder / "data", run=folder / "run")
    manager = _Manager()
    server = Server(Choices(site.domain, ""), site, manager)
    world = World(folder, server)
    manager.start_worker = world.start_worker
    for place in (site.data / "backups", site.run, world.old, world.new):
        place.mkdir(parents=True)
    site.run.chmod(0o750)
    (folder / "tmpfiles").write_text("d run 0750 \n")
    for name, value in (("CURRENT", folder / "current"), ("flask", world.flask)):
        monkeypatch.setattr(releases, name, value)
    monkeypatch.setattr(journal, "UNDER_WAY", folder / "under-way.json")
    monkeypatch.setattr(journal, "BEFORE", folder / "before.json")
    monkeypatch.setattr(door, "run_folder_file", lambda _: {folder / "tmpfiles": "d run 0750 \n"})
    for module in (aside, data):
        monkeypatch.setattr(module, "USER", ME)
    monkeypatch.setattr(data, "flask", world.flask)
    monkeypatch.setattr(stepping, "run", world.configure)
    monkeypatch.setattr(stepping, "wait_until_up", lambda *_: None)
    monkeypatch.setattr(stepping, "wait_until_ready", world.wait_until_ready)
    monkeypatch.setattr(stepping, "smoke", world.start)
    monkeypatch.setattr(rolling_back, "python_of", lambda release: release)
    monkeypatch.setattr(rolling_back, "back_up", lambda _: Path("none"))
    releases.CURRENT.symlink_to(world.old)
    world.write("old", "words")
    world.start_worker()
    return world


def killed(act: Callable[[], object], at: int) -> bool:
    """Run it in a process of its own that ends before its act of that number; whether it did."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) == KILLED
    count = 0

    def watch(_frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        if event in {"c_call", "c_return"} and argument.__name__ in _ACTS:
            count += 1
            if count == at:
                os._exit(KILLED)

    try:
        sys.setprofile(watch)
        act()
    except BaseException:  # noqa: BLE001  (a step that fails has said so by what it left)
        os._exit(1)
    os._exit(0)


KILLED = 9


def way_back() -> Before | None:
    return journal.way_back()
