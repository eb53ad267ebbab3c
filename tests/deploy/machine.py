"""Machines within this one: a first process with views of its own, and commands that join it."""

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tests.architecture.sources import PROJECT

# The first process only has to be there.
WAITS = "echo ready; while :; do sleep 0.2; done"
# Where programs that are only played come before the real ones.
PLAYED = "/srv/bin"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# A release has this project's packages.
PIPENV = f'''#!/bin/sh
[ "$1" = --version ] || exec ln -sfn "{(PROJECT / ".venv").resolve()}" .venv
'''


@dataclass(frozen=True)
class Machine:
    """A machine; `pid` is its first process, as this one sees it."""

    pid: int
    views: ClassVar[tuple[str, ...]] = ("--mount", "--pid", "--root", "--wd")
    home: ClassVar[str] = "/root"

    @property
    def environment(self) -> dict[str, str]:
        """What a command there begins with."""
        return {"PATH": f"{PLAYED}:{_PATH}", "HOME": self.home, "LANG": "C.UTF-8"}

    @property
    def entering(self) -> list[str]:
        """What stands before a command for it to run there."""
        return ["nsenter", "--target", str(self.pid), *self.views, "--"]

    def run(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command there as root."""
        done = subprocess.run(
            [*self.entering, *words],
            check=False,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert not check or done.returncode == 0, f"{' '.join(words)}\n{done.stdout}"
        return done

    def path(self, name: str) -> Path:
        """A file of the machine as this one sees it."""
        return Path(f"/proc/{self.pid}/root{name}")

    def write(self, name: str, text: str, mode: int = 0o644) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text)
        self.path(name).chmod(mode)


@contextmanager
def living(command: list[str]) -> Iterator[int]:
    """Start the first process, which says that it is ready; with it everything ends that ran there.

    The command forks it, as `unshare --fork --kill-child` does.
    """
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield child_of(process.pid)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def changing(folder: Path | str, places: Iterable[str]) -> str:
    """The script that lets those folders of the root be changed for this view alone."""
    script = f"mount -t tmpfs tmpfs {folder} && mount -t proc proc /proc && "
    for place in places:
        inside = f"{folder}/{place}"
        how = f"lowerdir=/{place},upperdir={inside},workdir={inside}.work"
        script += f"mkdir {inside} {inside}.work && mount -t overlay -o {how} overlay /{place} && "
    return script


def child_of(pid: int) -> int:
    """The process that another one has forked."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
