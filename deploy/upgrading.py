"""`deploy/upgrade [COMMIT]`: a newer release, tried on a copy, and back by itself if it fails.

The old release serves while the new one is fetched, rehearsed and the backup made. Then the door
is closed - nginx shows older pages, or its own that says "in a moment" -, the data are kept once
more as they are at that moment, migrated, and the new release is looked at from inside. The door
opens to whichever of the two is well: nobody's words are taken by a release that does not stay.
"""

import argparse
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import releases
from deploy.choices import SETTINGS, USER, Choices, kept_choices, site_of
from deploy.data import archive_database, back_up, put_back
from deploy.fill import Site, run_folder_file
from deploy.hand import Failed, Hand, run, tell_failure
from deploy.health import smoke, wait_until_ready, wait_until_up
from deploy.managers import MANAGERS, Manager
from deploy.rehearsing import rehearse
from deploy.settings_file import read_settings

BEFORE = releases.HOME / "before.json"
_LOCK = Path("/run/bluelog-upgrade.lock")
_OPEN, _CLOSED = 0o750, 0o700
_UP_SECONDS = 60
_READY_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """The blog on this machine."""

    choices: Choices
    site: Site
    manager: Manager


@dataclass(frozen=True)
class Before:
    """The way back: what ran before the last upgrade, and its data at that moment."""

    release: str
    archive: str
    is_under_way: bool


def main(command: str) -> int:
    """The commands upgrade and rollback."""
    options = _options(command)
    hand = Hand()
    try:
        with _alone():
            server = _server()
            if command == "rollback":
                roll_back(hand, server, yes=options.yes)
            else:
                upgrade(hand, server, options.commit)
    except (Failed, OSError) as error:
        return tell_failure(error)
    return 0


def _options(command: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"deploy/{command}")
    if command == "upgrade":
        words = "commit, branch or tag (the newest of the main branch)"
        parser.add_argument("commit", nargs="?", default="HEAD", help=words)
    else:
        parser.add_argument("--yes", action="store_true", help="ask nothing")
    return parser.parse_args()


@contextmanager
def _alone() -> Iterator[None]:
    """One upgrade at a time, and to its end even when the terminal is gone."""
    if os.geteuid():
        raise Failed("Only root can do this. Put sudo before the command.")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with _LOCK.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failed("Another upgrade is under way.") from error
        yield


def _server() -> Server:
    known = kept_choices()
    if not known or releases.current_release() is None:
        raise Failed("There is no blog here yet. To put one here: deploy/install DOMAIN")
    choices = Choices(**known)
    return Server(choices, site_of(choices), MANAGERS[choices.process_manager]())


def upgrade(hand: Hand, server: Server, name: str) -> None:
    """Go on to a commit. Raises Failed, with the old release serving again."""
    _finish_what_was_cut_off(hand, server)
    old = releases.current_release() or Path()
    hand.heading("Release")
    releases.fetch(hand, server.choices.source)
    new = releases.build(hand, releases.commit_of(name))
    if new == old:
        hand.same(f"{new.name} runs already")
        server.manager.start(hand)
        _open_door(server)
        return
    hand.heading("Rehearsal on a copy of the data")
    pages = rehearse(new, old, server.site, read_settings(SETTINGS))
    hand.note(f"migrated; these open: {' '.join(pages)}")
    hand.heading("Backup")
    hand.note(f"made and proven: {back_up(old)}")
    hand.heading("Step over")
    _step_over(hand, server, old, new)
    releases.prune(hand, old, new)
    print(f"\n{new.name} runs. What ran before is kept: deploy/rollback leads back to it.")


def _step_over(hand: Hand, server: Server, old: Path, new: Path) -> None:
    began = time.monotonic()
    archive = None
    _close_door(server)
    try:
        server.manager.stop()
        archive = archive_database(old, server.site.data / "backups" / "before-upgrade")
        _remember(Before(str(old), str(archive), is_under_way=True))
        releases.flask(new, "db", "upgrade", user=USER)
        _start(hand, server, new)
    except BaseException as error:
        _go_back(hand, server, old, archive)
        raise Failed(f"{error}\n\n{new.name} was not let in; {old.name} serves again.") from error
    _remember(Before(str(old), str(archive), is_under_way=False))
    _open_door(server)
    hand.note(f"closed for {time.monotonic() - began:.0f} s")


def _start(hand: Hand, server: Server, release: Path) -> None:
    """Start a release behind the closed door and look at it. Raises Failed."""
    releases.switch(hand, release)
    run([release / "deploy" / "configure"])
    server.manager.start_web()
    wait_until_up(server.site.socket, server.site.host, _UP_SECONDS)
    smoke(server.site.socket, server.site.host)
    server.manager.start_worker()
    wait_until_ready(server.site.socket, server.site.host, _READY_SECONDS)


def _go_back(hand: Hand, server: Server, old: Path, archive: Path | None) -> None:
    """Have the old release serve again, with the data as they were."""
    hand.heading(f"Back to {old.name}")
    server.manager.stop()
    if archive:
        put_back(old, archive, server.site, read_settings(SETTINGS))
        hand.note(f"the data are those of {archive.name}")
    _start(hand, server, old)
    BEFORE.unlink(missing_ok=True)
    _open_door(server)


def roll_back(hand: Hand, server: Server, *, yes: bool) -> None:
    """Undo the last upgrade, code and data. What was written since is in a backup, not in sight."""
    before = _before()
    if before is None:
        raise Failed("There is no upgrade to undo.")
    print(f"Back to {Path(before.release).name}, with the data of {Path(before.archive).name}.")
    if not yes and input("What was written since will be gone from the blog. Go on? [y/N] ") != "y":
        raise Failed("Nothing was changed.")
    hand.note(f"backup of what is now: {back_up(releases.current_release() or Path())}")
    _close_door(server)
    _go_back(hand, server, Path(before.release), Path(before.archive))


def _finish_what_was_cut_off(hand: Hand, server: Server) -> None:
    """An upgrade that a power cut ended between its first act and its last is undone."""
    before = _before()
    if before and before.is_under_way:
        hand.note("The last upgrade was cut off.")
        _close_door(server)
        _go_back(hand, server, Path(before.release), Path(before.archive))


def _before() -> Before | None:
    return Before(**json.loads(BEFORE.read_text("utf-8"))) if BEFORE.is_file() else None


def _remember(before: Before) -> None:
    """On the disk before anything is changed that it leads back from."""
    draft = BEFORE.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(vars(before), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(BEFORE)


def _close_door(server: Server) -> None:
    """Keep nginx from the socket; root still gets through."""
    _set_door(server.site, _CLOSED)


def _open_door(server: Server) -> None:
    _set_door(server.site, _OPEN)


def _set_door(site: Site, mode: int) -> None:
    """Now and from the next start of the machine on.

    An upgrade that a power cut ended lets nobody in either: going back would take their words.
    """
    site.run.chmod(mode)
    for path, text in run_folder_file(site).items():
        path.write_text(text.replace(f"{_OPEN:04o}", f"{mode:04o}"), "utf-8")
