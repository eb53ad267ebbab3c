"""Whatever happens, the index says of each post what the post says."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from bench.visits import heard, rows_visited, stepped
from bluelog.extensions import MIGRATIONS, db
from bluelog.models import Post, PostAuthor
from bluelog.operations.doctor import search as doctor
from bluelog.operations.doctor.finding import Level
from bluelog.operations.progress import silently
from bluelog.operations.reindexing import reindex
from bluelog.queries.search import Wish, find
from bluelog.queries.search import held as counted
from bluelog.services import categories, overdue, search_index
from bluelog.text.search.question import question
from bluelog.uow import unit_of_work
from tests.changes import AGAIN, SEEN, UNSEEN
from tests.conftest import NOW
from tests.databases import POSTGRES, Databases
from tests.doing import Doing
from tests.index import grams, held, out_of_step, said
from tests.integration.importing.sources import furnish, on_file
from tests.integration.importing.steps import bring
from tests.making import make_post
from tests.racing import at_once
from tests.stage import Stage, staged

SCRIPTS = ScriptDirectory(str(MIGRATIONS))
(REVISION,) = (found.revision for found in SCRIPTS.walk_revisions() if found.doc == "search index")
# No statement of ours changes what a post says: an architecture test holds that.
BY_HAND = ("posts, by a statement", "tags of posts, by a statement")
CHANGES = {name: act for name, act in (SEEN | UNSEEN).items() if name not in BY_HAND}

# For each of fifty rows that it walks along, SQLite takes twelve steps.
FEW = 10 if POSTGRES else 250


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("index")) as stage:
        yield stage


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_leaves_it_in_step(stage: Stage, name: str) -> None:
    with stage.app.app_context():
        assert out_of_step() == set()
        CHANGES[name](Doing(stage))
        assert out_of_step() == set()
    stage.restore()


@pytest.mark.parametrize("name", AGAIN)
def test_every_change_after_another_leaves_it_in_step(stage: Stage, name: str) -> None:
    with stage.app.app_context():
        for act in AGAIN[name]:
            act(Doing(stage))
            assert out_of_step() == set()
    stage.restore()


@pytest.mark.parametrize("name", BY_HAND)
def test_the_comparison_finds_what_is_out_of_step(stage: Stage, name: str) -> None:
    with stage.app.app_context():
        (SEEN | UNSEEN)[name](Doing(stage))
        assert out_of_step() != set()
    stage.restore()
    with stage.app.app_context():
        assert out_of_step() == set()


def test_a_post_that_is_purged_leaves_nothing(cast: SimpleNamespace) -> None:
    old = make_post(cast.alice, status="trashed", trashed_at=NOW - timedelta(days=40))
    kept = make_post(cast.alice, "Another")
    assert {row[0] for row in held()} == {old.id, kept.id}
    assert overdue.purge(NOW) == 1
    assert {row[0] for row in held()} == {kept.id}
    assert out_of_step() == set()


def test_the_posts_of_a_deleted_category_are_found_in_the_default_one(
    cast: SimpleNamespace,
) -> None:
    gone = categories.create("Gone", by=cast.eve, at=NOW).id
    moved = make_post(cast.alice, category_id=gone).id
    kept = make_post(cast.alice, "Kept").id
    categories.delete(gone, by=cast.eve, at=NOW)
    assert out_of_step() == set()
    assert {row[0] for row in held() if " c1 " in str(row[5])} == {moved, kept}
    if POSTGRES:
        assert all("#c1" in found for found in grams().values())


def test_a_second_author_is_noted_and_forgotten(cast: SimpleNamespace) -> None:
    post = make_post(cast.alice)
    with unit_of_work():
        db.session.add(PostAuthor(post_id=post.id, user_id=cast.bob.id, position=1))
    assert out_of_step() == set()
    with unit_of_work():
        db.session.delete(db.session.get_one(PostAuthor, (post.id, cast.alice.id)))
    assert out_of_step() == set()
    assert [row[5] for row in held()] == [f" public c1 u{cast.bob.id} "]


def test_a_transaction_that_fails_takes_its_entries_back(cast: SimpleNamespace) -> None:
    post = make_post(cast.alice, "Before")

    def fail() -> None:
        with unit_of_work():
            db.session.get_one(Post, post.id).title = "After"
            db.session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert out_of_step() == set()
    assert [row[2] for row in held()] == ["befor"]


def test_the_worker_turning_a_status_over_changes_nothing(cast: SimpleNamespace) -> None:
    make_post(cast.alice, status="scheduled", published_at=NOW - timedelta(minutes=1))
    before = held()
    assert overdue.publish(NOW) == 1
    assert out_of_step() == set()
    assert held() == before


def test_what_is_imported_is_in_it(app: Flask, tmp_path: Path) -> None:
    other = furnish(on_file(tmp_path / "other.db", 2))
    with app.app_context():
        bring(other)
        assert held()
        assert out_of_step() == set()
        bring(other)
        assert out_of_step() == set()
    other.close()


@pytest.mark.parametrize("portion", [1, 500])
def test_the_migration_fills_it(
    cast: SimpleNamespace, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        make_post(cast.alice, f"第{n}篇 Boats", slug=f"p-{n}", plain="学习 Python\n" * n)
    make_post(cast.bob, "Draft", status="draft")
    make_post(cast.bob, "About", kind="page", published_at=NOW - timedelta(days=365 * 60))
    before = held(), grams() if POSTGRES else None
    db.session.rollback()
    db.engine.dispose()
    downgrade(revision=str(SCRIPTS.get_revision(REVISION).down_revision))
    names = set(inspect(db.engine).get_table_names())
    assert {name for name in names if name.startswith("post_search")} == set()
    upgrade()
    assert (held(), grams() if POSTGRES else None) == before
    assert out_of_step() == set()


def test_reindexing_mends_whatever_is_wrong_with_it(site: Flask, cast: SimpleNamespace) -> None:
    first = make_post(cast.alice, "First")
    make_post(cast.bob, "Second", status="draft")
    gone = make_post(cast.bob, "Third").id
    db.session.execute(db.update(Post).values(title="Other words"))
    db.session.execute(db.delete(Post).where(Post.id == gone))
    db.session.commit()
    _forget(first.id)
    assert out_of_step() != set()
    assert doctor.judge(*counted()).level == Level.FINE  # two and two, though not the same
    done = site.test_cli_runner().invoke(args=["search", "reindex"])
    assert done.exit_code == 0, done.output
    assert "2 posts indexed, 1 removed" in done.output
    assert out_of_step() == set()


def test_the_doctor_says_when_it_is_not_whole(cast: SimpleNamespace) -> None:
    post = make_post(cast.alice)
    (found,) = doctor.look(5.0)
    assert found.level == Level.FINE
    _forget(post.id)
    (found,) = doctor.look(5.0)
    assert (found.level, found.command) == (Level.WARNING, "flask search reindex")
    assert "0 of 1" in str(found.words)


def test_an_empty_blog_is_reindexed_too(site: Flask) -> None:
    done = site.test_cli_runner().invoke(args=["search", "reindex"])
    assert done.exit_code == 0, done.output
    assert "0 posts indexed" in done.output
    with site.app_context():
        assert held() == said() == set()


def _forget(post_id: int) -> None:
    """Lose an entry, as nothing of ours does."""
    with unit_of_work():
        search_index.forget([post_id])


def test_a_post_that_is_saved_while_it_is_reindexed_is_found_as_it_was_saved(
    site: Flask, cast: SimpleNamespace
) -> None:
    ids = [make_post(cast.alice, f"Old {n}", slug=f"p{n}").id for n in range(3)]
    db.session.rollback()

    def save() -> None:
        for round_ in range(8):
            for post_id in ids:
                with unit_of_work():
                    post = db.session.get_one(Post, post_id, with_for_update=True)
                    post.title = f"New {round_}"

    def again() -> None:
        for _ in range(8):
            reindex(silently)

    assert at_once(site, save, again, again) == [None] * 3
    assert out_of_step() == set()


def test_what_is_scheduled_is_not_walked_along(context: Flask, cast: SimpleNamespace) -> None:
    make_post(cast.alice, "Boats", slug="boats")
    alone = cost_of_a_search()
    for number in range(50):
        later = NOW + timedelta(days=number + 1)
        make_post(
            cast.alice, "Boats", slug=f"boats-{number}", status="scheduled", published_at=later
        )
    assert alone > 0
    assert cost_of_a_search() <= alone + FEW


def cost_of_a_search() -> int:
    """Steps of SQLite's machine, rows on PostgreSQL."""
    wish = Wish(question("boats"))
    find(wish, None, NOW)
    db.session.commit()  # what follows is counted from a connection's beginning
    counting = stepped(db.engine) if not POSTGRES else nullcontext([0])
    with counting as steps, heard(db.engine) as statements:
        assert len(find(wish, None, NOW).fitting) == 1
    return sum(map(rows_visited, statements)) if POSTGRES else steps[0]
