"""Which of `.flaskenv`, `.env` and a variable set by hand is followed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.cli import load_dotenv

from bluelog import settings
from bluelog.settings import BaseConfig

PROJECT = Path(__file__).parents[2]
Command = Callable[..., BaseConfig]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the project's own public settings, and a place for data."""
    public = (PROJECT / ".flaskenv").read_text("utf-8")
    places = f"BLUELOG_DATA_DIR={tmp_path}\nDATABASE_URL=sqlite:////public.db\n"
    (tmp_path / ".flaskenv").write_text(f"{public}{places}", "utf-8")
    return tmp_path


@pytest.fixture
def command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Reads settings as a `flask` command does that was started in the folder."""

    def start(**by_hand: str) -> BaseConfig:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(os, "environ", dict(by_hand))
        load_dotenv()
        return settings.load()

    return start


def test_public_settings_are_followed(command: Command) -> None:
    started = command()
    assert os.environ["FLASK_APP"] == "bluelog"
    assert (started.name, started.SQLALCHEMY_DATABASE_URI) == (
        "development",
        "sqlite:////public.db",
    )


def test_secret_settings_win_over_public_ones(command: Command, folder: Path) -> None:
    secret = "DATABASE_URL='sqlite:////secret.db'\r\nFLASK_CONFIG=testing\r\n"
    (folder / ".env").write_text(secret, "utf-8", newline="")
    started = command()
    assert (started.name, started.SQLALCHEMY_DATABASE_URI) == ("testing", "sqlite:////secret.db")


def test_what_is_set_by_hand_wins_over_both(command: Command, folder: Path) -> None:
    (folder / ".env").write_text("DATABASE_URL=sqlite:////secret.db\n", "utf-8")
    started = command(DATABASE_URL="sqlite:////hand.db")
    assert started.SQLALCHEMY_DATABASE_URI == "sqlite:////hand.db"


def test_a_variable_of_old_notes_is_answered_by_what_replaced_it(
    command: Command, folder: Path
) -> None:
    (folder / ".env").write_text("FLASK_ENV=production\n", "utf-8")
    started = command()
    assert started.name == "development"
    assert "FLASK_ENV is no longer read: FLASK_CONFIG" in "".join(started.notices)
