"""A large blog is backed up while others write, and comes back whole on an empty machine."""

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from bench.backup import Machine, grow, kept, put_uploads, recorded
from tests.architecture.sources import PROJECT
from tests.deploy.acts import comment, publish
from tests.deploy.asking import Client
from tests.deploy.conftest import Stage
from tests.deploy.reach import give
from tests.deploy.test_killed import kept_under
from tests.postgres import temporary_server

NAMES = ("full", "empty")
MEGABYTES = 200
WRITERS = 2


@contextmanager
def options_for(kind: str) -> Iterator[list[str]]:
    """What names two empty databases of that kind."""
    if kind == "sqlite":
        yield []
        return
    with temporary_server() as url:
        with psycopg.connect(url, autocommit=True) as server:
            for name in NAMES:
                server.execute(f'CREATE DATABASE "{name}"'.encode())
        full, empty = (f"{url.rpartition('/')[0]}/{name}" for name in NAMES)
        yield ["--database-url", full, "--empty-url", empty]


@pytest.mark.deploy
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_hundred_megabytes_lose_no_write_and_come_back_equal(kind: str) -> None:
    with options_for(kind) as options:
        command = [sys.executable, "-m", "bench.backup", "--megabytes", "200", *options]
        done = subprocess.run(command, check=False, cwd=PROJECT, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert " 0 failed" in said


@pytest.mark.deploy
@pytest.mark.parametrize("stage", ["systemd"], indirect=True)
def test_people_who_comment_meanwhile_are_all_answered(stage: Stage, tmp_path: Path) -> None:
    """Through nginx and gunicorn, while the blog's own user backs up 200 MB beside them."""
    site = stage.server.site
    here = Machine(site.data, f"sqlite:///{stage.server.database}")
    grow(here, MEGABYTES)
    put_uploads(site.uploads)
    give(site.data)
    path = publish(stage.ada(), "A light while the lamps are counted")  # and nothing said under it
    with commenting(stage, path) as (said, failed):
        time.sleep(2)
        made = re.search(r"Archive:\s+(\S+)", stage.server.flask("backup"))
        time.sleep(2)
    assert not failed, failed[:3]
    assert made
    assert len(said) > 20
    assert Counter(kept_under(stage, path)) >= Counter(said)
    empty = tmp_path / "empty"
    empty.mkdir()
    there = Machine(empty, f"sqlite:///{empty}/blog.db")
    there.flask("restore", made[1], "--yes", "--as-it-was")
    assert kept(there.sums()) == kept(recorded(Path(made[1])))
    assert there.files() == here.files()


@contextmanager
def commenting(stage: Stage, path: str) -> Iterator[tuple[list[str], list[str]]]:
    """People who comment, each from an address of their own; what they said, and what failed."""
    said: list[str] = []
    failed: list[str] = []
    stop = Event()

    def keep_saying(writer: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            who = Client(stage.url, address=f"127.{10 + writer}.{number // 200}.{1 + number % 200}")
            words = f"I saw it from hill {writer}, for the {number}th time."
            try:
                answer = comment(who, path, words)
            except (OSError, AssertionError) as error:
                failed.append(repr(error))
                continue
            if answer.status == 303:
                said.append(words)
            else:
                failed.append(f"{answer.status} after {answer.seconds:.1f} s: {words}")

    threads = [Thread(target=keep_saying, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield said, failed
    finally:
        stop.set()
        for thread in threads:
            thread.join()
