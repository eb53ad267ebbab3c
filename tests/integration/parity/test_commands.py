"""The commands of the original, and where their settings come from."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, inspect, select

from bluelog import models
from bluelog.extensions import db
from bluelog.models import Category, Comment, OutgoingMail, Post, User
from bluelog.passwords import verify_password
from tests.conftest import PASSWORD
from tests.databases import Databases
from tests.postbox import free_port, wait_until

ROOT = Path(__file__).parent.parent.parent.parent
ANOTHER = "copper-heron-17-lake"


def run(app: Flask, *words: str, typed: str | None = None) -> Result:
    with app.app_context():  # As `flask` itself opens one.
        return app.test_cli_runner().invoke(args=list(words), input=typed)


def count(app: Flask, model: Any, *conditions: Any) -> int:
    with app.app_context():
        query = select(func.count()).select_from(model).where(*conditions)
        return int(db.session.scalar(query) or 0)


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def test_init_makes_the_administrator_and_again_sets_the_password(app: Flask) -> None:
    made = run(app, "init", "--username", "ada", "--password", PASSWORD)
    assert made.exit_code == 0, made.output
    assert (count(app, User), count(app, Category, Category.is_default)) == (1, 1)
    again = run(app, "init", "--username", "ada", "--password", ANOTHER)
    assert again.exit_code == 0, again.output
    assert PASSWORD not in made.output
    with app.app_context():
        [ada] = db.session.scalars(select(User))
        assert verify_password(ada.password_hash, ANOTHER)
    assert app.test_client().get("/about").status_code == 200


def test_init_asks_twice_for_the_password_and_shows_it_never(app: Flask) -> None:
    asked = run(app, "init", "--username", "ada", typed=f"{PASSWORD}\n{ANOTHER}\n")
    assert asked.exit_code != 0
    assert count(app, User) == 0
    agreed = run(app, "init", "--username", "ada", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert agreed.exit_code == 0, agreed.output
    assert PASSWORD not in asked.output + agreed.output


def test_initdb_drops_nothing_unless_it_is_told_twice(app: Flask) -> None:
    run(app, "init", "--username", "ada", "--password", PASSWORD)
    assert run(app, "initdb").exit_code == 0
    assert run(app, "initdb", "--drop", typed="n\n").exit_code == 1
    assert count(app, User) == 1
    dropped = run(app, "initdb", "--drop", typed="y\n")
    assert dropped.exit_code == 0, dropped.output
    assert count(app, User) == 0
    # It is stamped: the command that migrates has nothing to say against it.
    assert run(app, "db", "upgrade").exit_code == 0
    assert "alembic_version" in tables(app)


def test_forge_makes_as_much_as_is_asked_for_and_mails_nobody(app: Flask) -> None:
    app.config["MAIL_SERVER"] = "127.0.0.1"
    run(app, "forge", "--category", "0", "--post", "0", "--comment", "0", "--reply", "0")
    before = [count(app, model) for model in (Category, Post, Comment)]
    wanted = ("--category", "3", "--post", "7", "--comment", "200", "--reply", "20")
    done = run(app, "forge", *wanted)
    assert done.exit_code == 0, done.output
    added = [
        count(app, model) - had
        for model, had in zip((Category, Post, Comment), before, strict=True)
    ]
    assert added == [3, 7, 220]
    waiting = count(app, Comment, Comment.status == "pending")
    assert 20 <= waiting <= 80
    assert count(app, Comment, Comment.user_id.is_not(None)) >= 20
    assert count(app, OutgoingMail) == 0
    with app.app_context():
        parent = db.aliased(Comment)
        strays = (
            select(func.count()).select_from(Comment).join(parent, Comment.parent_id == parent.id)
        )
        assert db.session.scalar(strays.where(Comment.post_id != parent.post_id)) == 0


def test_forge_keeps_what_is_there_and_refuses_production_without_a_yes(app: Flask) -> None:
    run(app, "init", "--username", "keeper", "--password", PASSWORD, "--title", "Mine")
    nothing = ("--category", "0", "--post", "0", "--comment", "0", "--reply", "0")
    app.config["FLASK_CONFIG"] = "production"
    refused = run(app, "forge", *nothing)
    assert refused.exit_code != 0
    assert count(app, User) == 1
    assert run(app, "forge", *nothing, "--yes").exit_code == 0
    assert count(app, User, User.username == "keeper") == 1
    assert b"Mine" in app.test_client().get("/").data


def test_the_shell_has_the_models_at_hand(app: Flask) -> None:
    with app.app_context():
        at_hand = app.make_shell_context()
    assert {"db", *models.__all__} <= set(at_hand)


def test_a_secret_is_new_each_time(app: Flask) -> None:
    one, other = run(app, "secret").output, run(app, "secret").output
    assert one != other
    assert len(one.strip()) >= 48


def environment(**mine: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BLUELOG_", "FLASK_"))}
    kept.pop("DATABASE_URL", None)
    return kept | {"PYTHONPATH": str(ROOT)} | mine


def test_what_is_set_by_hand_comes_before_env_and_env_before_flaskenv(tmp_path: Path) -> None:
    def address(name: str) -> str:
        return f"sqlite:///{tmp_path / name}.db"

    def target(**mine: str) -> str:
        command = [sys.executable, "-m", "flask", "initdb"]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment(**mine),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    public = f"FLASK_APP=bluelog\nBLUELOG_DATA_DIR={tmp_path}\nDATABASE_URL={address('public')}\n"
    (tmp_path / ".flaskenv").write_text(public)
    assert "public.db" in target()
    (tmp_path / ".env").write_text(f"DATABASE_URL={address('secret')}\n")
    assert "secret.db" in target()
    assert "hand.db" in target(DATABASE_URL=address("hand"))


@pytest.mark.parametrize("way", ["options", "variables"])
def test_flask_run_listens_where_it_is_told(databases: Databases, tmp_path: Path, way: str) -> None:
    url, port = databases.copy(tmp_path), str(free_port())
    mine = {"FLASK_APP": "bluelog", "DATABASE_URL": url, "BLUELOG_DATA_DIR": str(tmp_path)}
    words = ["--host", "127.0.0.1", "--port", port] if way == "options" else []
    if way == "variables":
        mine |= {"FLASK_RUN_HOST": "127.0.0.1", "FLASK_RUN_PORT": port}
    command = [sys.executable, "-m", "flask", "run", *words]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=tmp_path, env=environment(**mine), **quiet) as server:
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{port}/setup"))
        finally:
            server.terminate()
    databases.drop(url)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
