"""Where the records of an app go, in production and elsewhere."""

import logging
from pathlib import Path

import pytest
from flask import Flask, g

from bluelog.settings import TestingConfig
from bluelog.web import logging as bluelog_logging
from tests.unit.smtp_cast import production_app


def test_production_writes_what_happens_to_the_file(tmp_path: Path) -> None:
    with production_app(tmp_path) as app:
        app.logger.info("hello from the app")
        logging.getLogger("huey").warning("hello from a library")
        logging.getLogger("huey").debug("hello from far below")
    lines = (tmp_path / "logs" / "bluelog.log").read_text("utf-8").splitlines()
    assert [line.partition("hello ")[2] for line in lines] == ["from the app", "from a library"]


def test_a_failing_page_is_logged_with_its_request(tmp_path: Path) -> None:
    with production_app(tmp_path) as app:

        @app.get("/auth/reset/<token>")
        def fail(token: str) -> str:
            raise LookupError(token[:0])

        client = app.test_client()
        assert client.get("/auth/reset/s3cr3t").status_code == 500
    written = (tmp_path / "logs" / "bluelog.log").read_text("utf-8")
    assert "Exception on /auth/reset/*** [GET] | GET https://blog.example.com" in written
    assert "\n    LookupError" in written
    assert "s3cr3t" not in written


def test_production_can_write_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with production_app(tmp_path, BLUELOG_LOGGING_PATH="stream") as app:
        app.logger.warning("hello")
    assert capsys.readouterr().err.count("hello") == 1
    assert not (tmp_path / "logs").exists()


def test_a_second_app_takes_over_from_the_first(tmp_path: Path) -> None:
    with production_app(tmp_path / "one"), production_app(tmp_path / "two") as app:
        app.logger.warning("hello")
    assert (tmp_path / "one" / "logs" / "bluelog.log").read_text() == ""
    assert (tmp_path / "two" / "logs" / "bluelog.log").read_text().count("hello") == 1


def test_the_id_of_a_request_is_new_each_time_and_in_no_header() -> None:
    app = Flask(__name__)
    app.config.from_object(TestingConfig({}))
    bluelog_logging.init_app(app)
    seen = []

    @app.get("/")
    def note() -> str:
        assert g.request_id == bluelog_logging.request_id()
        seen.append(g.request_id)
        return ""

    with app.app_context():  # one `g` for both requests
        answers = [app.test_client().get("/") for _ in range(2)]
    assert len(set(seen)) == 2
    assert all("X-Request-ID" not in answer.headers for answer in answers)


def test_testing_installs_nothing(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    app = Flask(__name__)
    app.config.from_object(TestingConfig({"BLUELOG_DATA_DIR": str(tmp_path)}))
    bluelog_logging.init_app(app)
    assert logging.getLogger().handlers == before
    assert list(tmp_path.iterdir()) == []
