"""The worker is woken through a Redis server, and does its work while it is away."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from flask import Flask
from huey import MemoryHuey

from bluelog import clock
from bluelog.bells import RedisBell
from bluelog.extensions import queue, redis_connections, wake
from bluelog.jobs import loop, work
from bluelog.outage import Outage
from tests import redis
from tests.letters import queued
from tests.postbox import Postbox

ALWAYS_SWEEPING, NEVER_SWEEPING = 0.3, 600.0


@pytest.fixture
def ringing(
    posting: Flask, redis_server: redis.Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[redis.Server]:
    """The doorbell of the app on the server, as a production app has it."""
    monkeypatch.setattr(queue, "outage", Outage(pause_seconds=0.2))
    monkeypatch.setattr(RedisBell, "outage", Outage(pause_seconds=0.2))
    queue.ring_on_redis(redis_server.url)
    yield redis_server
    queue._attach(MemoryHuey("bluelog", results=False))


@contextmanager
def working(app: Flask) -> Iterator[None]:
    stop = Event()
    thread = Thread(target=work, args=(app, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def waiting_rings(server: redis.Server) -> int:
    from redis import Redis

    with Redis(connection_pool=redis_connections(server.url, patience_seconds=5)) as client:
        found = client.llen("huey.redis.bluelog")
        client.connection_pool.disconnect()
    assert isinstance(found, int)
    return found


def test_a_ring_alone_has_the_mail_sent(
    ringing: redis.Server, posting: Flask, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_SWEEP_SECONDS", NEVER_SWEEPING)
    with working(posting):
        queued(clock.now())
        time.sleep(0.5)
        assert postbox.messages == []
        wake()
        postbox.wait_for(1)
    assert waiting_rings(ringing) == 0


def test_rings_from_when_nobody_listened_are_dropped(
    ringing: redis.Server, posting: Flask, postbox: Postbox
) -> None:
    for _ in range(5):
        wake()
    assert waiting_rings(ringing) == 5
    with working(posting):
        queued(clock.now())
        postbox.wait_for(1)
    assert waiting_rings(ringing) == 0


def test_mail_is_sent_while_the_server_is_away_and_rings_count_again_afterwards(
    ringing: redis.Server,
    posting: Flask,
    postbox: Postbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(loop, "_SWEEP_SECONDS", ALWAYS_SWEEPING)
    with working(posting):
        queued(clock.now())
        wake()
        postbox.wait_for(1)

        ringing.stop()
        began = time.monotonic()
        queued(clock.now())
        for _ in range(50):
            wake()
        assert time.monotonic() - began < 3
        postbox.wait_for(2)
        time.sleep(2.5)
        worst = max(caplog.records, key=lambda record: record.levelno)
        assert worst.levelname == "WARNING", worst.getMessage()
        assert sum("No ring is heard" in r.getMessage() for r in caplog.records) == 1
        assert sum("cannot be woken" in r.getMessage() for r in caplog.records) == 1
        assert redis.PASSWORD not in caplog.text

        ringing.start()
        time.sleep(1.5)
        monkeypatch.setattr(loop, "_SWEEP_SECONDS", NEVER_SWEEPING)
        time.sleep(ALWAYS_SWEEPING * 2)
        queued(clock.now())
        wake()
        postbox.wait_for(3)
    assert "heard again" in caplog.text


def test_a_worker_starts_while_the_server_is_away(
    ringing: redis.Server, posting: Flask, postbox: Postbox
) -> None:
    ringing.stop()
    with working(posting):
        queued(clock.now())
        postbox.wait_for(1)
