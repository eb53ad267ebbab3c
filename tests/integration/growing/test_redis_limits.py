"""Attempts are counted on a Redis server, and go on being counted while it is away."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import pytest
from flask import Flask

from bluelog.clock import now as today
from bluelog.errors import LimitReached
from bluelog.extensions import db
from bluelog.models import AttemptCount
from bluelog.services import limits
from tests import redis
from tests.conftest import make_app
from tests.integration.test_limits import counts, spend


@pytest.fixture
def at() -> datetime:
    """The server counts by the real time."""
    return today()


@pytest.fixture
def counting(context: Flask, redis_server: redis.Server) -> Iterator[redis.Server]:
    limits.init(redis_server.url)
    limits._Shared.outage.pause_seconds = 0.2
    yield redis_server
    limits.init(None)


def test_attempts_pass_up_to_the_limit_and_the_database_knows_nothing(
    counting: redis.Server, at: datetime
) -> None:
    assert spend(12, "ada", at=at) == 10
    assert spend(1, "eve", at=at) == 1
    with pytest.raises(LimitReached) as refusal:
        limits.spend(limits.SIGN_IN_ACCOUNT, "ada", at=at)
    assert 0 < refusal.value.retry_after <= 15 * 60 + 5
    assert counts() == []


def test_the_server_may_be_behind_a_socket_file(
    context: Flask, redis_server: redis.Server, at: datetime
) -> None:
    limits.init(redis_server.unix_url)
    try:
        assert spend(12, "ada", at=at) == 10
        assert counts() == []
    finally:
        limits.init(None)


def test_attempts_are_given_back_and_forgiven(counting: redis.Server, at: datetime) -> None:
    spend(10, "ada", at=at)
    limits.give_back(limits.SIGN_IN_ACCOUNT, "ada", at=at)
    assert spend(2, "ada", at=at) == 1
    limits.forgive(limits.SIGN_IN_ACCOUNT, "ada", at=at)
    limits.give_back(limits.SIGN_IN_ACCOUNT, "ada", at=at)
    assert spend(12, "ada", at=at) == 10


def test_two_instances_share_the_count(
    context: Flask, redis_server: redis.Server, tmp_path: Path
) -> None:
    url = context.config["SQLALCHEMY_DATABASE_URI"]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        asked = [url, url], [redis_server.url] * 2, [str(tmp_path)] * 2
        assert sum(pool.map(spend_elsewhere, *asked)) == 10
    assert counts() == []


def spend_elsewhere(url: str, redis_url: str, folder: str) -> int:
    app = make_app(Path(folder), url, REDIS_URL=redis_url)
    with app.app_context():
        passed = spend(8, "ada", at=today())
        db.engine.dispose()
    return passed


def test_the_database_counts_while_the_server_is_away(
    counting: redis.Server, at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    assert spend(4, "ada", at=at) == 4
    counting.stop()
    assert spend(12, "ada", at=at) == 10
    assert counts() == [12]
    told = [record for record in caplog.records if record.name == limits.__name__]
    assert [record.levelname for record in told] == ["WARNING"]
    assert redis.PASSWORD not in caplog.text

    counting.start()
    time.sleep(0.3)
    assert spend(12, "eve", at=at) == 10
    assert counts() == [12]
    assert "Redis is back" in caplog.text


def test_a_server_that_restarted_between_two_attempts_is_just_used(
    counting: redis.Server, at: datetime
) -> None:
    spend(1, "ada", at=at)
    counting.stop()
    counting.start()
    assert spend(12, "ada", at=at) == 10
    assert counts() == []


def test_a_wrong_password_is_told_without_it_and_the_database_counts(
    context: Flask, redis_server: redis.Server, at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    limits.init(redis_server.url.replace(redis.PASSWORD, "quite-another-one"))
    try:
        assert spend(12, "ada", at=at) == 10
    finally:
        limits.init(None)
    assert counts() == [12]
    assert "WRONGPASS" in caplog.text or "invalid" in caplog.text
    assert "quite-another-one" not in caplog.text


def test_a_server_that_hangs_is_waited_for_once_a_pause(context: Flask, at: datetime) -> None:
    redis.need()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limits.init(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        limits._Shared.outage.pause_seconds = 60
        began = time.monotonic()
        try:
            assert spend(12, "ada", at=at) == 10
        finally:
            limits.init(None)
    assert time.monotonic() - began < 5
    assert counts() == [12]


def test_guessing_passwords_is_stopped_whether_the_server_is_there_or_not(
    counting: redis.Server, context: Flask
) -> None:
    guess = {"login": "ada", "password": "wrong"}
    client = context.test_client()
    headers = {"Origin": "http://localhost"}

    def statuses() -> list[int]:
        return [
            client.post("/auth/login", data=guess, headers=headers).status_code for _ in range(11)
        ]

    assert statuses() == [422] * 10 + [429]
    counting.stop()
    assert statuses() == [422] * 10 + [429]
    db.session.rollback()
    assert db.session.scalars(db.select(AttemptCount.count)).all()
