"""`flask init` in a terminal, where what is not given is asked for."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import PASSWORD
from tests.databases import Databases

pty = pytest.importorskip("pty", reason="Windows has other terminals")
PATIENCE_SECONDS = 40

# What it asks, in this order, and what is answered; an empty answer takes what is offered.
ASKED = [
    ("Username", "ada"),
    ("Password", PASSWORD),
    ("Repeat for confirmation", PASSWORD),
    ("E-mail [keeper@example.org]", ""),
    ("Blog title [Bluelog]", "The Lantern"),
    ("Language [en]", "zh-Hans"),
    ("Time zone [UTC]", "Asia/Shanghai"),
]


class Terminal:
    """A command in a terminal of its own, and a person in front of it."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.master, slave = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            command, env=environment, stdin=slave, stdout=slave, stderr=slave, close_fds=True
        )
        os.close(slave)

    def wait_for(self, words: str) -> None:
        """Read on until the words are shown; what was before them is done with."""
        until = time.monotonic() + PATIENCE_SECONDS
        while words not in self.shown:
            assert time.monotonic() < until, self.shown
            self.shown += self._read()
        self.shown = self.shown.partition(words)[2]

    def type(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())

    def _read(self) -> str:
        try:
            return os.read(self.master, 4096).decode()
        except OSError as error:  # Linux says so of a terminal that nobody writes to any more.
            raise AssertionError(self.shown) from error


def test_init_asks_for_what_was_not_given(databases: Databases, tmp_path: Path) -> None:
    url = databases.copy(tmp_path)
    mine = {"FLASK_APP": "bluelog", "FLASK_CONFIG": "development", "DATABASE_URL": url}
    mine |= {"BLUELOG_DATA_DIR": str(tmp_path), "BLUELOG_EMAIL": "keeper@example.org"}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("BLUELOG_", "FLASK_"))}
    terminal = Terminal([sys.executable, "-m", "flask", "init"], inherited | mine)
    try:
        for question, answer in ASKED:
            terminal.wait_for(question)
            terminal.type(answer)
        terminal.wait_for("The Lantern is set up. Sign in as ada.")
        assert terminal.process.wait(PATIENCE_SECONDS) == 0
        assert PASSWORD not in terminal.shown
    finally:
        terminal.process.kill()
        terminal.process.wait()
        os.close(terminal.master)
    assert made(url) == ("The Lantern", "zh-Hans", "Asia/Shanghai", "ada", "keeper@example.org")
    databases.drop(url)


def made(url: str) -> tuple[str, ...]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    query = "SELECT s.title, s.language, s.time_zone, u.username, u.email FROM site s, {} u"
    with engine.connect() as connection:
        quoted = engine.dialect.identifier_preparer.quote("user")
        [row] = connection.execute(text(query.format(quoted))).all()
    engine.dispose()
    return tuple(row)
