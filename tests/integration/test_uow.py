"""The one transaction of a change."""

import time
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bluelog import events, uow, writers
from bluelog.events import Act, PostPublished
from bluelog.extensions import db
from bluelog.models import AuditEvent, Link, Site
from bluelog.uow import record, unit_of_work
from bluelog.writers import door
from tests.conftest import NOW
from tests.racing import at_once


def link(name: str) -> Link:
    return Link(name=name, url="https://example.com")


def names() -> list[str]:
    return list(db.session.scalars(db.select(Link.name).order_by(Link.name)))


def test_a_read_then_anothers_commit_then_a_write_does_not_fail(context: Flask) -> None:
    seen = db.session.scalars(db.select(Site)).one()
    assert seen.title == "The Lantern"
    with Session(db.engine) as another:
        another.add(link("theirs"))
        another.get_one(Site, seen.id).title = "Renamed"
        another.commit()
    with unit_of_work():
        assert seen.title == "Renamed"
        db.session.add(link("ours"))
    assert names() == ["ours", "theirs"]


def test_what_fails_leaves_nothing(context: Flask) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        db.session.add(link("half"))
        db.session.flush()
        raise ZeroDivisionError
    assert names() == []


def test_one_is_open_at_a_time(context: Flask) -> None:
    with unit_of_work(), pytest.raises(RuntimeError), unit_of_work():
        pass


def test_a_reaction_within_the_transaction_stands_or_falls_with_it(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = Act("link.created", cast.ada.id, NOW, "link", 1)
    with unit_of_work():
        record(act)
    assert db.session.scalar(db.select(db.func.count()).select_from(AuditEvent)) == 1

    def refuse(_event: events.Event) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(uow._within, PostPublished, [refuse])
    with pytest.raises(ZeroDivisionError), unit_of_work():
        db.session.add(link("never"))
        record(PostPublished(1, 1))
    assert names() == []


def test_a_reaction_after_the_commit_fails_for_itself_alone(
    context: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_event: events.Event) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(uow._within, PostPublished, [])
    monkeypatch.setitem(uow._after, PostPublished, [refuse])
    with unit_of_work():
        db.session.add(link("kept"))
        record(PostPublished(1, 1))
    assert names() == ["kept"]
    assert "failed after its commit" in caplog.text


def test_once_the_lock_was_waited_for_in_vain_the_next_hardly_wait(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL locks rows, and a writer waits for few of them")
    monkeypatch.setattr(door, "is_stuck", False)
    holder = db.engine.connect().execution_options(bluelog_writes=True)
    with holder, holder.begin():
        first, second = (seconds_until_refused() for _ in range(2))
    assert first > 4
    assert second < 1
    with unit_of_work():
        db.session.add(link("in again"))
    assert names() == ["in again"]
    assert not door.is_stuck


def test_writers_of_one_process_wait_for_each_other_and_not_for_the_file(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL lets them write side by side")
    enter, inside = door.enter, []

    def enter_alone(connection: Connection) -> None:
        assert not inside
        enter(connection)

    def write() -> None:
        with unit_of_work():
            inside.append(True)
            time.sleep(0.02)
            db.session.add(link("one of six"))
            inside.pop()

    monkeypatch.setattr(door, "enter", enter_alone)
    assert at_once(context, *[write] * 6) == [None] * 6
    assert names() == ["one of six"] * 6


def test_who_waits_for_the_others_in_vain_tries_without(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL lets them write side by side")
    monkeypatch.setattr(writers, "PATIENCE_MS", 250)
    monkeypatch.setattr(door, "is_stuck", False)
    with door._turn, unit_of_work():
        db.session.add(link("without"))
    assert names() == ["without"]
    assert not door.is_stuck


def seconds_until_refused() -> float:
    began = time.monotonic()
    with pytest.raises(OperationalError), unit_of_work():
        pass
    return time.monotonic() - began
