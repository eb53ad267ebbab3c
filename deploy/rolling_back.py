"""`deploy/rollback`: undoes the last upgrade, code and data, in whatever state the blog is.

What was written since is kept as an archive, made behind the closed door so that it is all there,
or, where none can be made, as it lies.
"""

from dataclasses import replace
from pathlib import Path

from deploy import journal, releases
from deploy.aside import database_of
from deploy.choices import SETTINGS
from deploy.data import archive_database, back_up
from deploy.door import close_door
from deploy.hand import Failed, Hand, say
from deploy.journal import Before, Step
from deploy.releases import python_of
from deploy.settings_file import read_settings
from deploy.stepping import Server, finish_what_was_cut_off, go_back, words_of


def roll_back(hand: Hand, server: Server, *, yes: bool) -> None:
    """Undo the last upgrade; one that was cut off is undone and no other. Raises Failed."""
    if finish_what_was_cut_off(hand, server):
        say(f"\n{(releases.current_release() or Path()).name} serves again.")
        return
    present = releases.current_release() or Path()
    before = _way_back(present)
    say(f"Back to {Path(before.release).name}, with the data of {Path(before.archive).name}.")
    if not (yes or _is_agreed()):
        raise Failed("Nothing was changed.")
    _try_to_back_up(hand, present)
    kept = _step_back(hand, server, present, before)
    say(f"\n{Path(before.release).name} serves again. What was written since is in {kept}.")


def _is_agreed() -> bool:
    try:
        words = input("What was written since will be gone from the blog. Go on? [y/N] ")
    except EOFError:  # nobody is there to be asked
        return False
    return words.strip().lower() in {"y", "yes"}


def _way_back(present: Path) -> Before:
    before = journal.way_back()
    if before is None:
        raise Failed("There is no upgrade to undo.")
    # Where an older release kept it without that word, it is believed: most never go by hand, and
    # what is now is kept in any case.
    if before.led_to and Path(before.led_to).resolve() != present:
        raise Failed(_elsewhere(Path(before.led_to), present))
    for path in (python_of(Path(before.release)), Path(before.archive)):
        if not path.exists():
            raise Failed(f"{path} is gone, and with it the way back.")
    return before


def _elsewhere(led_to: Path, present: Path) -> str:
    return (
        f"The last upgrade led to {led_to.name}, and {present.name} runs: it was put there by hand."
        " Undoing that upgrade would lead to the data of before it. Chapter 6 of"
        f" {present}/docs/deploy/vps.md has the way back by hand. Nothing was changed."
    )


def _try_to_back_up(hand: Hand, present: Path) -> None:
    """The uploads as well, and in sight of rotation; a blog that is broken has to do without."""
    try:
        hand.note(f"backup of what is now: {back_up(present)}")
    except (Failed, OSError) as error:
        hand.note(f"No backup of what is now could be made; it goes on without. {_last(error)}")


def _step_back(hand: Hand, server: Server, present: Path, before: Before) -> str:
    """Where what is now is kept."""
    step = Step(journal.moment(), str(present), before=before, present=str(present))
    journal.keep(step)
    try:
        close_door(server.site)
        server.manager.stop()
        archive = _try_to_archive(hand, server, present, step.name)
        back = replace(
            step,
            release=before.release,
            archive=before.archive,
            before=None,
            is_only_aside=archive is None,
        )
        journal.keep(back)
    except BaseException as error:
        go_back(hand, server, step)  # nothing was touched yet
        words = words_of(error)
        raise Failed(f"{words}\n\nNothing was undone; {present.name} serves on.") from error
    go_back(hand, server, back)
    database = database_of(present, server.site, read_settings(SETTINGS))
    return str(archive or database.place(step.name))


def _try_to_archive(hand: Hand, server: Server, present: Path, name: str) -> Path | None:
    try:
        return archive_database(present, server.undone / name)
    except (Failed, OSError) as error:
        hand.note(f"It cannot be archived, and is set aside as it is. {_last(error)}")
        return None


def _last(error: Exception) -> str:
    """The last line of what a program complained of says most."""
    return (str(error).strip().splitlines() or [""])[-1]
