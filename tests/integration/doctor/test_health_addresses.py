"""What machines ask: /healthz and /readyz."""

import os
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import event, text

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.jobs.due import show_life
from bluelog.operations.doctor.folders import database_file
from tests.databases import POSTGRES

READY = "database: ok\nmigrations: ok\nworker: ok\ndisk: ok\n"
HEALTH = ("/healthz", "/readyz")


@pytest.fixture
def alive(context: Flask) -> Flask:
    """The set-up app while a worker is at work."""
    show_life(now())
    db.session.remove()
    return context


def test_a_process_that_is_up_says_so_without_a_database(context: Flask) -> None:
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *words: statements.append(words[2]))
    answer = context.test_client().get("/healthz")
    assert (answer.status_code, answer.text, statements) == (200, "ok\n", [])


def test_all_that_a_request_needs_is_there(alive: Flask) -> None:
    answer = alive.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (200, READY)


@pytest.mark.parametrize("path", HEALTH)
def test_the_answer_is_plain_kept_by_nobody_and_sets_no_cookie(alive: Flask, path: str) -> None:
    client = alive.test_client()
    client.set_cookie(alive.config["SESSION_COOKIE_NAME"], "forged")
    answer = client.get(path)
    assert answer.mimetype == "text/plain"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")


@pytest.mark.parametrize("path", HEALTH)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_nothing_but_reading_is_answered(alive: Flask, path: str, method: str) -> None:
    headers = {"Origin": "http://localhost"}
    answer = alive.test_client().open(path, method=method, headers=headers)
    assert answer.status_code == 405


@pytest.mark.parametrize("path", HEALTH)
def test_a_probe_speaks_plain_http_to_any_name(alive: Flask, path: str) -> None:
    alive.config.update(
        BLUELOG_FORCE_HTTPS=True, BLUELOG_ALLOWED_HOSTS=frozenset({"blog.example.com"})
    )
    client = alive.test_client()
    assert client.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/about", headers={"Host": "10.0.0.7:8000"}).status_code == 400


def test_without_a_worker_it_is_not_ready(context: Flask) -> None:
    answer = context.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (
        503,
        READY.replace("worker: ok", "worker: failing"),
    )


def test_before_a_migration_it_is_not_ready(alive: Flask) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    answer = alive.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "database: ok\nmigrations: failing\n" in answer.text


def test_with_a_full_disk_it_is_not_ready(alive: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    full = SimpleNamespace(f_bavail=0, f_frsize=4096, f_files=0, f_favail=0)
    monkeypatch.setattr(os, "statvfs", lambda _path: full)
    answer = alive.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, READY.replace("disk: ok", "disk: failing"))


@pytest.mark.skipif(bool(POSTGRES), reason="about the file of SQLite")
def test_a_locked_database_keeps_no_probe_waiting_and_is_found_again(alive: Flask) -> None:
    file = database_file()
    db.session.remove()
    db.engine.dispose()
    client = alive.test_client()
    other = sqlite3.connect(str(file), isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    for _ in range(2):
        began = time.monotonic()
        answer = client.get("/readyz")
        assert time.monotonic() - began < 2.0
        assert answer.status_code == 503
        assert "database: failing\n" in answer.text
        assert str(Path(str(file)).parent) not in answer.text
    other.close()
    ends_at = time.monotonic() + 15
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < ends_at
        time.sleep(0.2)
