"""Slow queries and slow requests are logged; quick ones are not."""

import logging
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from bluelog.web.logging.slowness import watch_queries, watch_requests


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = create_engine("sqlite://")

    @event.listens_for(made, "connect")
    def add_sleep(connection: object, _record: object) -> None:
        connection.create_function("sleep", 1, time.sleep)  # type: ignore[attr-defined]

    yield made
    made.dispose()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [made.getMessage() for made in caplog.records if made.levelno == logging.WARNING]


def test_a_slow_query_is_logged_with_its_time_and_without_its_values(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    watch_queries(engine, 0.05)
    with engine.connect() as connection:
        connection.execute(
            text("SELECT sleep(:seconds),\n   :secret"), {"seconds": 0.06, "secret": "swordfish"}
        )
    (line,) = warnings(caplog)
    assert line.startswith("Slow query: ")
    assert float(line.split()[2]) >= 0.06
    assert line.endswith(" s: SELECT sleep(?), ?")
    assert "swordfish" not in line


def test_a_quick_query_is_not_logged(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    watch_queries(engine, 5)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert warnings(caplog) == []


def test_a_query_that_fails_leaves_no_time_to_the_next(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    watch_queries(engine, 0.05)
    with engine.connect() as connection:
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT nonsense FROM nowhere"))
        time.sleep(0.06)
        connection.execute(text("SELECT 1"))
    assert warnings(caplog) == []


@pytest.fixture
def app() -> Flask:
    made = Flask(__name__)
    made.config["BLUELOG_SLOW_REQUEST_THRESHOLD"] = 0.05
    watch_requests(made)

    @made.get("/quick")
    def quick() -> str:
        return ""

    @made.get("/slow")
    def slow() -> tuple[str, int]:
        time.sleep(0.06)
        return "", 404

    @made.get("/broken")
    def broken() -> str:
        time.sleep(0.06)
        raise RuntimeError

    return made


@pytest.mark.parametrize(("path", "status"), [("/slow", 404), ("/broken", 500)])
def test_a_slow_request_is_logged_with_its_status(
    app: Flask, caplog: pytest.LogCaptureFixture, path: str, status: int
) -> None:
    app.test_client().get(path)
    (line,) = warnings(caplog)
    assert line.startswith("Slow request: 0.0")
    assert line.endswith(f" s, status {status}")


def test_a_quick_request_is_not_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.test_client().get("/quick")
    app.test_client().get("/nowhere")
    assert warnings(caplog) == []
