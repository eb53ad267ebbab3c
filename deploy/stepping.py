"""A step from one release to another that a power cut may end anywhere: it leads on, or back.

What is under way stands in the journal before the door closes. Until the step is decided every
way out leads back; from then on it leads to what runs, and nobody is let in before that.
"""

from dataclasses import dataclass, replace
from pathlib import Path

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
    """Start a release behind the closed door and look at it. Raises Failed."""
    releases.switch(hand, release)
    run([release / "deploy" / "configure"])
    server.manager.start_web()
    wait_until_up(server.site.socket, server.site.host, _UP_SECONDS)
    smoke(server.site.socket, server.site.host)
    server.manager.start_worker()
    wait_until_ready(server.site.socket, server.site.host, _READY_SECONDS)


def let_in(server: Server, step: Step) -> None:
    """Have what runs stay, and open the door: what readers write from now on is never undone."""
    with undisturbed():
        journal.keep(replace(step, is_decided=True))
        journal.keep_way_back(step.before)
        open_door(server.site)
        journal.forget()
    kept = step.before.archive if step.before else ""
    prune_archives(server.archives, kept)
    prune_archives(server.undone)


def go_back(hand: Hand, server: Server, step: Step) -> None:
    """Have the release of before serve again, with its data. Raises Failed.

    A rollback that cannot is given up: what ran before it serves on.
    """
    with undisturbed():
        try:
            _go_back(hand, server, step)
        except (Failed, OSError) as error:
            if not step.present:
                raise Failed(_stuck(step, error)) from error
            _stay(hand, server, step)
            raise Failed(f"{error}\n\nGoing back failed; {step.present} serves on.") from error


def _go_back(hand: Hand, server: Server, step: Step) -> None:
    release = Path(step.release)
    hand.heading(f"Back to {release.name}")
    server.manager.stop()
    database = database_of(release, server.site, read_settings(SETTINGS))
    if step.archive:
        database.set_aside(step.name)
        put_back(release, Path(step.archive))
        hand.note(f"the data are those of {step.archive}")
    start(hand, server, release)
    let_in(server, step)
    if step.is_only_aside:
        database.prune()
    elif step.archive:
        database.forget(step.name)


def _stuck(step: Step, error: Exception) -> str:
    data = f"The data are in {step.archive}. " if step.archive else ""
    return (
        f"{error}\n\nGoing back to {step.release} failed, and nobody is let in meanwhile. {data}"
        f"When the reason is gone, this tries again: {AGAIN}"
    )


def _stay(hand: Hand, server: Server, step: Step) -> None:
    """However ill it is: somebody wanted to be rid of it, but it is all there is."""
    present = Path(step.present)
    hand.heading(f"On with {present.name}")
    server.manager.stop()
    database_of(present, server.site, read_settings(SETTINGS)).take_back(step.name)
    releases.switch(hand, present)
    run([present / "deploy" / "configure"])
    server.manager.start_web()
    server.manager.start_worker()
    before = Before(step.release, step.archive) if step.archive else step.before
    let_in(server, replace(step, before=before))


def finish_what_was_cut_off(hand: Hand, server: Server) -> bool:
    """Lead a step that a power cut ended on or back; whether there was one. Raises Failed."""
    step = journal.under_way()
    if step is None:
        if is_closed(server.site):
            open_door(server.site)
        return False
    hand.note("The last upgrade or rollback was cut off.")
    if step.is_decided:
        server.manager.start(hand)
        let_in(server, step)
    else:
        close_door(server.site)
        go_back(hand, server, step)
    return True


def recover(hand: Hand) -> None:
    """For deploy/install, which would otherwise open the door to data that are half migrated."""
    if journal.under_way() and hand.does("ends the upgrade that was cut off"):
        finish_what_was_cut_off(hand, present_server())
