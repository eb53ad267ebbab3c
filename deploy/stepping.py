"""A step from one release to another that a power cut may end anywhere: it leads on, or back.

What is under way stands in the journal before the door closes. Until the step is decided every
way out leads back; from then on it leads to what runs, and nobody is let in before that.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from deploy import journal, releases
from deploy.aside import database_of
from deploy.choices import SETTINGS, Choices, kept_choices, site_of
from deploy.data import prune_archives, put_back
from deploy.door import close_door, is_closed, open_door
from deploy.fill import Site
from deploy.hand import Failed, Hand, run
from deploy.health import smoke, wait_until_ready, wait_until_up
from deploy.journal import Before, Step
from deploy.lock import undisturbed
from deploy.managers import MANAGERS, Manager
from deploy.settings_file import read_settings

_UP_SECONDS = 60
_READY_SECONDS = 60
AGAIN = "sudo /opt/bluelog/current/deploy/upgrade"
_FILES_STAY = "The files of nginx or of the process manager could not be made its own"
_ILL = "It serves again, but not all is well"


@dataclass(frozen=True)
class Server:
    """The blog on this machine."""

    choices: Choices
    site: Site
    manager: Manager

    @property
    def archives(self) -> Path:
        """Where the databases of before an upgrade are kept."""
        return self.site.data / "backups" / "before-upgrade"

    @property
    def undone(self) -> Path:
        """Where those of before a rollback are kept."""
        return self.site.data / "backups" / "before-rollback"


def present_server() -> Server:
    """The blog that was installed here. Raises Failed."""
    known = kept_choices()
    if not known or releases.current_release() is None:
        raise Failed("There is no blog here yet. To put one here: deploy/install DOMAIN")
    choices = Choices(**known)
    return Server(choices, site_of(choices), MANAGERS[choices.process_manager]())


def start(hand: Hand, server: Server, release: Path) -> None:
    """Start a release behind the closed door and look at all of it. Raises Failed."""
    releases.switch(hand, release)
    _configure(release)
    _start_web(server)
    database_of(release, server.site, read_settings(SETTINGS)).forget_worker()
    server.manager.start_worker()
    _wait_until_ready(server)


def _configure(release: Path) -> None:
    run([release / "deploy" / "configure"])


def _start_web(server: Server) -> None:
    server.manager.start_web()
    wait_until_up(server.site.socket, server.site.host, _UP_SECONDS)
    smoke(server.site.socket, server.site.host)


def _wait_until_ready(server: Server) -> None:
    wait_until_ready(server.site.socket, server.site.host, _READY_SECONDS)


def let_in(hand: Hand, server: Server, step: Step) -> None:
    """Have what runs stay, and open the door: what readers write from now on is never undone.

    Raises OSError where that cannot be kept, and nobody is let in.
    """
    with undisturbed():
        journal.keep(replace(step, is_decided=True))
        _open(hand, server, step)
    kept = step.before.archive if step.before else ""
    prune_archives(server.archives, kept)
    prune_archives(server.undone)


def _open(hand: Hand, server: Server, step: Step) -> None:
    """The door first: what a full disk has no room for shuts nobody out any more."""
    try:
        open_door(server.site)
        journal.keep_way_back(step.before)
        journal.forget()
    except OSError as error:
        hand.note(f"{error}\nThe blog is open; when there is room, this ends the rest: {AGAIN}")


def go_back(hand: Hand, server: Server, step: Step) -> None:
    """Have the release of before serve again, with its data. Raises Failed.

    A rollback that cannot is given up: what ran before it serves on.
    """
    with undisturbed():
        try:
            _go_back(hand, server, step)
        except (Failed, OSError) as error:
            _give_up(hand, server, step, error)


def _go_back(hand: Hand, server: Server, step: Step) -> None:
    release = Path(step.release)
    hand.heading(f"Back to {release.name}")
    server.manager.stop()
    database = database_of(release, server.site, read_settings(SETTINGS))
    if step.archive:
        database.set_aside(step.name)
        put_back(release, Path(step.archive))
        hand.note(f"the data are those of {step.archive}")
    _start_again(hand, server, release)
    _let_back_in(hand, server, step)
    if step.is_only_aside:
        _try(hand, "What was set aside before is still there", database.prune)
    elif step.archive:
        _try(hand, f"{database.place(step.name)} is left", lambda: database.forget(step.name))
    _try(hand, _ILL, lambda: _wait_until_ready(server))


def _start_again(hand: Hand, server: Server, release: Path) -> None:
    """Start what ran before, and open pages. Raises Failed.

    What else is wrong may have been so before the step: it is said, and shuts nobody out.
    """
    releases.switch(hand, release)
    _try(hand, _FILES_STAY, lambda: _configure(release))
    _start_web(server)
    _try(hand, "The worker does not start", server.manager.start_worker)


def words_of(error: BaseException) -> str:
    """Why a step ends before its time."""
    return str(error) if isinstance(error, Exception) else "It was ended from outside."


def _try(hand: Hand, words: str, act: Callable[[], object]) -> None:
    try:
        act()
    except (Failed, OSError) as error:
        hand.note(f"{words}: {error}")


def _let_back_in(hand: Hand, server: Server, step: Step) -> None:
    """Also where the disk has no room to keep that: with no step under way nothing leads back."""
    try:
        let_in(hand, server, step)
    except OSError as error:
        hand.note(str(error))
        journal.forget()
        _open(hand, server, step)


def _give_up(hand: Hand, server: Server, step: Step, error: Exception) -> NoReturn:
    if not step.present:
        raise Failed(_stuck(step, error)) from error
    try:
        _stay(hand, server, step)
    except (Failed, OSError) as worse:
        raise Failed(f"{error}\n\n{_stuck(step, worse)}") from worse
    raise Failed(f"{error}\n\nGoing back failed; {step.present} serves on.") from error


def _stuck(step: Step, error: Exception) -> str:
    data = f"The data are in {step.archive}. " if step.archive else ""
    return (
        f"{error}\n\nGoing back to {step.release} failed, and nobody is let in meanwhile. {data}"
        f"When the reason is gone, this tries again: {AGAIN}"
    )


def _stay(hand: Hand, server: Server, step: Step) -> None:
    """However ill it is: somebody wanted to be rid of it, but it is all there is.

    Raises Failed where its data cannot be had again.
    """
    present = Path(step.present)
    hand.heading(f"On with {present.name}")
    server.manager.stop()
    database_of(present, server.site, read_settings(SETTINGS)).take_back(step.name)
    releases.switch(hand, present)
    _try(hand, _FILES_STAY, lambda: _configure(present))
    _try(hand, "The web server does not start", server.manager.start_web)
    _try(hand, "The worker does not start", server.manager.start_worker)
    undone = Before(step.release, step.archive, step.present)
    _let_back_in(hand, server, replace(step, before=undone if step.archive else step.before))


def finish_what_was_cut_off(hand: Hand, server: Server) -> bool:
    """Lead a step that a power cut ended on or back; whether there was one. Raises Failed."""
    step = journal.under_way()
    if step is None:
        if is_closed(server.site):
            open_door(server.site)
        return False
    hand.note("The last upgrade or rollback was cut off.")
    if step.is_decided:
        _try(hand, "Not all of it starts", lambda: server.manager.start(hand))
        _let_back_in(hand, server, step)
    else:
        close_door(server.site)
        go_back(hand, server, step)
    return True


def recover(hand: Hand) -> None:
    """For deploy/install, which would otherwise open the door to data that are half migrated."""
    if journal.under_way() and hand.does("ends the upgrade that was cut off"):
        finish_what_was_cut_off(hand, present_server())
