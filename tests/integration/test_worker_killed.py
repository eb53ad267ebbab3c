"""A real `flask worker`, killed at the worst moments or asked to end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from bluelog import clock
from bluelog.extensions import db
from bluelog.models import MailStatus, OutgoingMail
from tests.letters import change, queued, row
from tests.postbox import Postbox, send_to, wait_until

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]
SWEEPS_SECONDS = 2.5  # in which a worker looks for due rows at least once


class Worker:
    """A process of its own on the test's database and mail server."""

    def __init__(self, app: Flask, folder: Path) -> None:
        url = db.engine.url.render_as_string(hide_password=False)
        settings = {
            "FLASK_APP": "bluelog",
            "FLASK_CONFIG": "development",
            "FLASK_SKIP_DOTENV": "1",
            "DATABASE_URL": url,
            "BLUELOG_DATA_DIR": str(folder / "worker"),
            "BLUELOG_URL": app.config["BLUELOG_URL"],
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(app.config["MAIL_PORT"]),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "worker"],
            cwd=PROJECT,
            env={name: os.environ[name] for name in ("PATH", "HOME")} | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def is_killed(self) -> bool:
        return self.process.poll() == -signal.SIGKILL

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended_by(self, number: signal.Signals) -> str:
        """What it had printed when it had ended in peace."""
        self.send(number)
        printed, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, printed
        return printed


Start = Callable[[], Worker]


@pytest.fixture
def start(posting: Flask, tmp_path: Path) -> Iterator[Start]:
    """Starts one worker after the other; none outlives the test."""
    started: list[Worker] = []

    def start_one() -> Worker:
        started.append(Worker(posting, tmp_path))
        return started[-1]

    yield start_one
    for worker in started:
        worker.process.kill()
        worker.process.communicate()


@contextmanager
def nobody_else_writes() -> Iterator[None]:
    """Holds what a claim needs: on SQLite the whole database, on PostgreSQL the messages."""
    with db.engine.connect() as connection:
        writing = connection.execution_options(bluelog_writes=True)
        writing.execute(select(OutgoingMail.id).with_for_update())
        yield


def lapse(mail_id: int) -> None:
    """End the claim of a worker that is gone; by itself it lasts a minute."""
    assert row(mail_id).status == MailStatus.SENDING
    assert row(mail_id).due_at > clock.now()
    change(mail_id, due_at=clock.now())


def arrived(postbox: Postbox, count: int) -> list[str]:
    """The Message-IDs of all that came by the time a message queued now has come, as the last."""
    last = row(queued(clock.now())).message_id
    ids = [message["Message-ID"] for message in postbox.wait_for(count + 1)]
    assert ids[-1] == last
    return ids[:-1]


class TestKilled:
    def test_before_the_claim(self, start: Start, postbox: Postbox) -> None:
        # With the second one sent, its first purge is over: it is stopped while it writes nothing.
        _, second = queued(clock.now()), queued(clock.now())
        first = start()
        wait_until(lambda: row(second).status == MailStatus.SENT)
        first.send(signal.SIGSTOP)
        postbox.messages.clear()
        mail_id = queued(clock.now())
        with nobody_else_writes():
            first.send(signal.SIGCONT)
            time.sleep(SWEEPS_SECONDS)
            first.send(signal.SIGKILL)
            wait_until(first.is_killed)
        assert (row(mail_id).status, row(mail_id).attempts) == (MailStatus.QUEUED, 0)
        start()
        assert arrived(postbox, 1) == [row(mail_id).message_id]

    def test_after_the_claim(self, start: Start, postbox: Postbox) -> None:
        mail_id = queued(clock.now())
        self.kill_at("MAIL", start, postbox)
        start()
        assert arrived(postbox, 0) == []
        postbox.messages.clear()
        lapse(mail_id)
        postbox.wait_for(1)
        assert arrived(postbox, 1) == [row(mail_id).message_id]

    def test_after_the_server_took_it(self, start: Start, postbox: Postbox) -> None:
        mail_id = queued(clock.now())
        self.kill_at("DATA", start, postbox)
        assert len(postbox.messages) == 1
        lapse(mail_id)
        start()
        postbox.wait_for(2)
        assert arrived(postbox, 2) == [row(mail_id).message_id] * 2

    def test_after_it_was_marked_as_sent(self, start: Start, postbox: Postbox) -> None:
        mail_id = queued(clock.now())
        self.kill_at("QUIT", start, postbox)
        assert row(mail_id).status == MailStatus.SENT
        start()
        assert arrived(postbox, 1) == [row(mail_id).message_id]

    def kill_at(self, verb: str, start: Start, postbox: Postbox) -> None:
        """Have a worker killed by the server while it waits for the answer to `verb`."""
        worker = start()
        postbox.meanwhile[verb] = lambda: worker.send(signal.SIGKILL)
        wait_until(worker.is_killed)
        postbox.meanwhile.clear()


class TestAskedToEnd:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_it_ends_within_seconds_and_says_what_it_worked_on(
        self, start: Start, postbox: Postbox, number: signal.Signals
    ) -> None:
        worker = start()
        queued(clock.now())
        postbox.wait_for(1)
        began = time.monotonic()
        printed = worker.ended_by(number)
        assert time.monotonic() - began < 8
        assert "development" in printed
        assert db.engine.url.database in printed
        assert f"127.0.0.1:{postbox.port}" in printed
        assert "The worker has stopped." in printed

    def test_it_finishes_the_message_it_is_sending(self, start: Start, postbox: Postbox) -> None:
        ids = [queued(clock.now()) for _ in range(3)]
        worker = start()
        postbox.meanwhile["DATA"] = lambda: worker.send(signal.SIGTERM)
        worker.process.communicate(timeout=20)
        sent = [row(mail_id).status for mail_id in ids].count(MailStatus.SENT)
        assert len(postbox.messages) == sent == 1

    def test_it_does_not_wait_for_a_silent_server(self, posting: Flask, start: Start) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as silent:
            send_to(silent.getsockname()[1], posting)
            mail_id = queued(clock.now())
            worker = start()
            wait_until(lambda: row(mail_id).status == MailStatus.SENDING)
            began = time.monotonic()
            worker.ended_by(signal.SIGTERM)
        assert time.monotonic() - began < 8
