"""The worker's way of it: nothing is lost when it dies, nothing changes when it comes twice."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from bluelog.extensions import db
from bluelog.jobs import due as jobs
from bluelog.jobs import relating as paced
from bluelog.models import Post, RelationDue
from bluelog.operations.demo.bulk import Wanted, forge_bulk
from bluelog.services import relating
from tests.conftest import NOW
from tests.integration.related.steps import (
    BREAD,
    LOAF,
    change,
    due,
    everything,
    kept,
    relate,
    write,
)


def revisions() -> dict[int, int]:
    found = {row.id: row.revision for row in db.session.execute(db.select(Post.id, Post.revision))}
    db.session.rollback()
    return found


def test_a_second_run_changes_nothing(cast: SimpleNamespace) -> None:
    ids = [write(cast.alice, title, "Lamps") for title in ("One", "Two", "Three")]
    relate()
    before = everything(), revisions()
    assert len(before[0]) == 6
    relating.mark_due(ids, NOW)
    db.session.commit()
    assert relate() == 3
    assert (everything(), revisions()) == before


def test_one_that_dies_in_the_midst_leaves_the_post_due(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = write(cast.alice, "One", "Lamps"), write(cast.alice, "Two", "Lamps")
    with monkeypatch.context() as patch:
        patch.setattr(relating, "_tell", _die)
        with pytest.raises(KeyboardInterrupt):
            relating.relate_next(NOW)
    assert everything() == []
    assert due() == {one, two}
    relate()
    assert (kept(one), kept(two)) == ([two], [one])


def _die(*_: Any) -> None:
    db.session.flush()
    raise KeyboardInterrupt


def test_a_post_that_changes_meanwhile_stays_due(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = write(cast.alice, "One", "Lamps"), write(cast.alice, "Two", "Lamps")
    db.session.execute(db.delete(RelationDue).where(RelationDue.post_id == two))
    db.session.commit()
    meanwhile(monkeypatch, lambda: change(one, title="Meanwhile"))
    assert relating.relate_next(NOW) == 1
    assert (due(), everything()) == ({one}, [])


def test_another_worker_that_was_quicker_is_no_harm(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = write(cast.alice, "One", "Lamps"), write(cast.alice, "Two", "Lamps")
    meanwhile(monkeypatch, relate)
    relate()
    assert due() == set()
    assert (kept(one), kept(two)) == ([two], [one])


def test_a_post_that_is_purged_meanwhile_is_no_harm(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = write(cast.alice, "One", "Lamps"), write(cast.alice, "Two", "Lamps")

    def purge() -> None:
        db.session.execute(db.delete(Post).where(Post.id == one))
        db.session.commit()

    meanwhile(monkeypatch, purge)
    relate()
    assert (due(), everything(), kept(two)) == (set(), [], [])


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have it happen once, between looking and writing."""
    found = relating._found

    def find(*arguments: Any) -> Any:
        monkeypatch.setattr(relating, "_found", found)
        said = found(*arguments)
        act()
        return said

    monkeypatch.setattr(relating, "_found", find)


def test_the_sweep_does_it_and_rests_now_and_then(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [write(cast.alice, f"Number {n}", "Lamps") for n in range(4)]
    monkeypatch.setattr(paced, "_WORK_SECONDS", 0.0)
    monkeypatch.setattr(paced, "_REST_SECONDS", 3600.0)
    jobs.run_due(NOW)
    assert len(due()) == 3
    jobs.run_due(NOW)
    assert len(due()) == 3
    db.session.rollback()
    monkeypatch.setattr(paced, "_WORK_SECONDS", 3600.0)
    paced._pace().rests_until = 0.0
    jobs.run_due(NOW)
    assert due() == set()
    assert len(kept(ids[0])) == 3


def test_what_changed_last_has_its_turn_first(cast: SimpleNamespace) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        old = write(cast.alice, "Old", "Lamps")
        clock.shift(timedelta(seconds=1))
        new = write(cast.alice, "New", "Lamps")
        assert relating.relate_next(NOW) == 1
        assert due() == {old}
        assert kept(new) == [old]


def test_what_is_invented_in_bulk_is_due(site: Flask, cast: SimpleNamespace) -> None:
    forge_bulk(Wanted(2, 6, 3, 1), NOW, lambda _step: None)
    ids = set(db.session.scalars(db.select(Post.id).where(Post.kind == "post")))
    db.session.rollback()
    assert due() == ids
    assert relate() == len(ids)


def test_the_command_looks_at_every_post_at_once(site: Flask, cast: SimpleNamespace) -> None:
    one, two = write(cast.alice, "One", "Lamps"), write(cast.alice, "Two", "Lamps")
    write(cast.alice, "Draft", "Lamps", status="draft")
    db.session.execute(db.delete(RelationDue))
    db.session.commit()
    for _again in range(2):
        done = site.test_cli_runner().invoke(args=["related"])
        assert done.exit_code == 0, done.output
        assert "2 posts looked at." in done.output
        assert (due(), kept(one), kept(two)) == (set(), [two], [one])


def test_a_database_that_gives_up_looking_leaves_what_the_tags_tell(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class GaveUpError(Exception):
        sqlstate = "57014"

    def look(*_: Any) -> Any:
        raise OperationalError("SELECT", {}, GaveUpError())

    one = write(cast.alice, "One", "Lamps", plain=BREAD)
    two = write(cast.alice, "Two", "Lamps")
    write(cast.alice, "Three", plain=LOAF)
    monkeypatch.setattr(relating, "resembling", look)
    relate()
    assert (kept(one), kept(two)) == ([two], [one])
    monkeypatch.setattr(GaveUpError, "sqlstate", "08006")
    change(one, title="Another")
    with pytest.raises(OperationalError):
        relate()
