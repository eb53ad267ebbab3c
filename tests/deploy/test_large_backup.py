"""A large blog is backed up while others write, and comes back whole on an empty machine."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.architecture.sources import PROJECT
from tests.postgres import temporary_server

NAMES = ("full", "empty")


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
