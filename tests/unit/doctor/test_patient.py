"""What an exception says is told, what is secret is not."""

from collections.abc import Iterator

import pytest
from flask import Flask

from bluelog.operations.doctor.patient import Patient, admit, patient, reason, without_secrets


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("bluelog")
    app.config.update(
        SECRET_KEY="sesame-sesame-sesame",
        MAIL_PASSWORD="open barley",
        SQLALCHEMY_DATABASE_URI="postgresql+psycopg://blog:wheat@db/blog",
        REDIS_URL="redis://:rye@cache",
        S3_SECRET_ACCESS_KEY="oats",
        BLUELOG_URL="https://blog.example.com",
        BLUELOG_EMAIL=("ada@example.com",),
        MAIL_PORT=25,
    )
    with app.app_context():
        yield app


@pytest.mark.parametrize("secret", ["sesame-sesame-sesame", "open barley", "wheat", "rye", "oats"])
def test_no_secret_of_the_settings_is_told(app: Flask, secret: str) -> None:
    assert without_secrets(f"refused: {secret}, again") == "refused: ***, again"


def test_what_is_no_secret_stays(app: Flask) -> None:
    said = "blog.example.com:25 refused ada@example.com"
    assert without_secrets(said) == said


def test_a_reason_is_one_short_line(app: Flask) -> None:
    told = reason(RuntimeError("no\nway, open barley " + "on and on " * 99))
    assert told.startswith("no way, *** on and on")
    assert len(told) == 300


def test_a_silent_exception_is_told_by_its_name(app: Flask) -> None:
    assert reason(TimeoutError()) == "TimeoutError"


def test_an_app_nobody_admitted_has_nothing_wrong(app: Flask) -> None:
    assert patient() == Patient()
    admit(app, Patient(errors={"SECRET_KEY": "is not set."}))
    assert patient().errors == {"SECRET_KEY": "is not set."}
