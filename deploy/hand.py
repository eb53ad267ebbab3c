"""The hand that changes the machine: it says what it does, does nothing twice, or only says it."""

import grp
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.rights import opened_folder

ROOT = "root"
_ELSEWHERE = "in folders of the blog's it must be a folder. BLUELOG_UPLOAD_PATH names another."


class Failed(Exception):
    """An act did not succeed; the words say which and what to do."""


@dataclass
class Hand:
    """Changes the machine where that is needed; with `is_dry` it only says what it would do."""

    is_dry: bool = False
    changes: int = 0

    def heading(self, words: str) -> None:
        say(f"\n{words}")

    def same(self, words: str) -> None:
        say(f"  unchanged  {words}")

    def note(self, words: str) -> None:
        say(f"  {words}")

    def does(self, words: str) -> bool:
        """Announce a change; whether it is to be made."""
        self.changes += 1
        say(f"  {'would' if self.is_dry else 'does '}      {words}")
        return not self.is_dry

    def run(
        self,
        words: str,
        command: Sequence[str | Path],
        *,
        user: str = ROOT,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> str:
        """Run a command that changes something; what it printed. Raises Failed."""
        return run(command, user=user, cwd=cwd, env=env) if self.does(words) else ""

    def sees(self, words: str, command: Sequence[str | Path]) -> None:
        """Run what is harmless and run every time: the run before may have been cut off.

        It counts as no change. Raises Failed.
        """
        say(f"  {'would see' if self.is_dry else 'sees     '}  {words}")
        if not self.is_dry:
            run(command)

    def write(
        self, path: Path, text: str, mode: int = 0o644, owner: str = ROOT, group: str = ROOT
    ) -> bool:
        """Make a file say that, whole or not at all; whether that was a change."""
        if path.is_file() and path.read_text("utf-8") == text and _has(path, mode, owner, group):
            self.same(str(path))
            return False
        if self.does(f"writes {path}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.draft")
            draft.write_text(text, "utf-8")
            _give(draft, mode, owner, group)
            draft.replace(path)
        return True

    def folder(
        self, path: Path, mode: int = 0o755, owner: str = ROOT, group: str | None = None
    ) -> None:
        """Have a folder with these rights, and be led to no other by a link. Raises Failed."""
        group = group or owner
        if path.is_dir() and _has(path, mode, owner, group):
            self.same(str(path))
        elif self.does(f"makes the folder {path}"):
            try:
                with opened_folder(path) as place:
                    _give(place, mode, owner, group)
            except NotADirectoryError as error:
                raise Failed(f"{path} is a link, or leads through one: {_ELSEWHERE}") from error

    def link(self, path: Path, target: Path) -> bool:
        """Have a link lead there, changed in one step; whether that was a change."""
        if path.is_symlink() and path.readlink() == target:
            self.same(f"{path} -> {target}")
            return False
        if self.does(f"links {path} -> {target}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.draft")
            draft.unlink(missing_ok=True)
            draft.symlink_to(target)
            draft.replace(path)
        return True

    def remove(self, path: Path) -> None:
        """Have no such file, link or folder."""
        if not (path.exists() or path.is_symlink()) or not self.does(f"removes {path}"):
            return
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def run(
    command: Sequence[str | Path],
    *,
    user: str = ROOT,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a command to its end; what it printed. Raises Failed with what it complained of."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [*tied(user), *map(str, command)],
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        **run_as(user),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        shown = " ".join(str(word) for word in command)
        raise Failed(f"{shown}\nended with {done.returncode}:\n{done.stdout.strip()[-4000:]}")
    return done.stdout


def run_as(user: str) -> dict[str, Any]:
    """What makes a child process somebody else's, and its files nobody else's."""
    return {} if user == ROOT else {"user": user, "group": user, "extra_groups": [], "umask": 0o27}


def tied(user: str) -> list[str]:
    """What makes a program of the blog end with whoever started it.

    Nobody could stop a migration that went on by itself, while the next upgrade goes back.
    """
    return [] if user == ROOT else ["setpriv", "--pdeathsig", "TERM", "--"]


def succeeds(*command: str | Path) -> bool:
    """Whether a command that only looks ends with 0."""
    words = [str(word) for word in command]
    try:
        return subprocess.run(words, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def say(words: str) -> None:
    """Print a line. A terminal that is gone is no reason to stop halfway."""
    try:
        print(words, flush=True)
    except OSError:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (until the end)


def tell_failure(error: Exception) -> int:
    """Say what went wrong; the exit code for it."""
    with suppress(OSError):
        print(f"\n{error}", file=sys.stderr, flush=True)
    return 1


def _has(path: Path, mode: int, owner: str, group: str) -> bool:
    found = path.stat()
    return (found.st_mode & 0o7777, found.st_uid, found.st_gid) == (mode, *_ids(owner, group))


def _give(path: Path | int, mode: int, owner: str, group: str) -> None:
    os.chown(path, *(max(found, 0) for found in _ids(owner, group)))
    os.chmod(path, mode)  # noqa: PTH101  (it may be a descriptor)


def _ids(owner: str, group: str) -> tuple[int, int]:
    """Their numbers; -1 for one that is yet to be made, as a dry run meets it."""
    try:
        return pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid
    except KeyError:
        return -1, -1
