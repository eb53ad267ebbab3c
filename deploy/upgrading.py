"""`deploy/upgrade [COMMIT]`: a newer release, tried on a copy, and back by itself if it fails.

The old release serves while the new one is fetched, rehearsed and the backup made. Then the door
is closed - nginx shows older pages, or its own that says "in a moment" -, the data are kept once
more as they are at that moment, migrated, and the new release is looked at from inside. The door
opens to whichever of the two is well: nobody's words are taken by a release that does not stay.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

from deploy import journal, releases
from deploy.aside import database_of
from deploy.choices import SETTINGS, USER
from deploy.data import archive_database, back_up
from deploy.door import close_door
from deploy.hand import Failed, Hand, say, tell_failure
from deploy.journal import Before, Step
from deploy.lock import alone
from deploy.rehearsing import rehearse
from deploy.rolling_back import roll_back
from deploy.room import expect_room
from deploy.settings_file import read_settings
from deploy.stepping import (
    Server,
    finish_what_was_cut_off,
    go_back,
    let_in,
    present_server,
    start,
    words_of,
)
from deploy.web_server import expect_good_files


def main(command: str) -> int:
    """The commands upgrade and rollback."""
    options = _options(command)
    hand = Hand()
    try:
        with alone():
            server = present_server()
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


def upgrade(hand: Hand, server: Server, name: str) -> None:
    """Go on to a commit. Raises Failed, with the old release serving again."""
    finish_what_was_cut_off(hand, server)
    old = releases.current_release() or Path()
    hand.heading("Release")
    releases.fetch(hand, server.choices.source)
    new = releases.build(hand, releases.commit_of(name))
    if new == old:
        hand.same(f"{new.name} runs already")
        server.manager.start(hand)
        return
    settings = read_settings(SETTINGS)
    expect_room(database_of(old, server.site, settings), server.site)
    expect_good_files()
    hand.heading("Rehearsal on a copy of the data")
    pages = rehearse(new, old, server.site, settings)
    hand.note(f"migrated; these open: {' '.join(pages)}")
    hand.heading("Backup")
    hand.note(f"made and proven: {back_up(old)}")
    hand.heading("Step over")
    _step_over(hand, server, old, new)
    releases.prune(hand, old, new)
    say(f"\n{new.name} runs. What ran before is kept: deploy/rollback leads back to it.")


def _step_over(hand: Hand, server: Server, old: Path, new: Path) -> None:
    began = time.monotonic()
    step = Step(journal.moment(), str(old), before=journal.way_back())
    journal.keep(step)
    try:
        close_door(server.site)
        server.manager.stop()
        archive = str(archive_database(old, server.archives / step.name))
        archived = replace(step, archive=archive)
        journal.keep(archived)
        step = archived  # not before it is kept: until then the data are untouched
        releases.flask(new, "db", "upgrade", user=USER)
        start(hand, server, new)
        let_in(hand, server, replace(step, before=Before(str(old), archive, str(new))))
    except BaseException as error:
        if not journal.may_lead_back():
            raise  # people are let in: what they write is never undone
        words = words_of(error)
        _undo(hand, server, step, words)
        raise Failed(f"{words}\n\n{new.name} was not let in; {old.name} serves again.") from error
    hand.note(f"closed for {time.monotonic() - began:.0f} s")


def _undo(hand: Hand, server: Server, step: Step, words: str) -> None:
    try:
        go_back(hand, server, step)
    except Failed as error:
        raise Failed(f"{words}\n\n{error}") from error
