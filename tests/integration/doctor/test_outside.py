"""Servers that the blog leans on, asked only where they are set."""

import re
from collections.abc import Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer
from threading import Thread
from typing import BinaryIO

import pytest
from flask import Flask

from bluelog import storage
from bluelog.operations.doctor import Level, Patient, admit
from tests.integration.doctor.steps import found_by, levels
from tests.postbox import free_port


class Redis(StreamRequestHandler):
    """As much of Redis as a greeting needs (RESP)."""

    def handle(self) -> None:
        while data := self.request.recv(4096):
            for command in re.split(rb"\*\d+\r\n", data)[1:]:
                self.wfile.write(b"+PONG\r\n" if b"PING" in command else b"+OK\r\n")


@pytest.fixture
def redis() -> Iterator[int]:
    with TCPServer(("127.0.0.1", 0), Redis) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


class Elsewhere:
    """A storage that is no folder of this machine."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def put(self, name: str, data: bytes) -> None:
        raise NotImplementedError

    def open(self, name: str) -> BinaryIO:
        raise NotImplementedError

    def delete(self, name: str) -> None:
        raise NotImplementedError

    def exists(self, _name: str) -> bool:
        if self.error:
            raise self.error
        return False

    def path(self, _name: str) -> Path | None:
        return None


@pytest.fixture
def uploads(context: Flask) -> Iterator[None]:
    """Puts back where uploads are kept."""
    before = storage.current()
    yield
    storage.use(before)


def test_what_is_not_set_is_not_spoken_of(context: Flask) -> None:
    assert levels("redis") == []
    assert levels("storage") == []


def test_redis_that_answers_is_fine(context: Flask, redis: int) -> None:
    context.config["REDIS_URL"] = f"redis://127.0.0.1:{redis}/0?protocol=2"
    assert levels("redis") == [Level.FINE]


def test_redis_that_is_away_is_a_failure_without_its_password(context: Flask) -> None:
    context.config["REDIS_URL"] = f"redis://:open-barley@127.0.0.1:{free_port()}/0"
    (found,) = found_by("redis")
    assert found.level is Level.FAILURE
    assert "open-barley" not in str(found.words)


@pytest.mark.usefixtures("uploads")
def test_a_storage_elsewhere_is_asked_for_what_nobody_has(context: Flask) -> None:
    storage.use(Elsewhere())
    assert levels("storage") == [Level.FINE]
    context.config["S3_SECRET_ACCESS_KEY"] = "open-barley"
    storage.use(Elsewhere(ConnectionError("no bucket for open-barley")))
    (found,) = found_by("storage")
    assert found.level is Level.FAILURE
    assert "no bucket for ***" in str(found.words)


def test_what_an_operator_should_hear_of_the_settings_is_a_warning(context: Flask) -> None:
    admit(context, Patient(notices=["FLASK_ENV is no longer read.", "S3_THING is odd."]))
    found = found_by("settings")
    assert [finding.level for finding in found] == [Level.WARNING, Level.WARNING]
    assert str(found[0].words).startswith("FLASK_ENV is set and no longer read")
    assert found[1].words == "S3_THING is odd."


def test_passwords_in_the_clear_are_a_warning_in_production(context: Flask) -> None:
    context.config.update(FLASK_CONFIG="production", BLUELOG_URL="http://blog.example.com")
    assert levels("settings") == [Level.FINE, Level.WARNING]
    context.config["BLUELOG_URL"] = "https://blog.example.com"
    assert levels("settings") == [Level.FINE]
    context.config["BLUELOG_URL"] = "http://localhost:5000"
    assert levels("settings") == [Level.FINE]
