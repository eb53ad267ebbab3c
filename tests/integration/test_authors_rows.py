"""Whatever happens to posts, the rows of their authors repeat what lists go by."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import or_

from bluelog.extensions import db
from bluelog.models import Post, PostAuthor
from bluelog.operations.demo.forge import forge_demo
from bluelog.services import overdue
from tests.changes import SEEN, UNSEEN
from tests.conftest import NOW
from tests.databases import Databases
from tests.doing import Doing
from tests.integration.importing.sources import furnish, on_file
from tests.integration.importing.steps import bring
from tests.making import make_post
from tests.stage import Stage, staged

CHANGES = SEEN | UNSEEN


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("rows")) as stage:
        yield stage


def out_of_step() -> Sequence[int]:
    """The posts of which an author's row says something else."""
    db.session.rollback()
    differs = or_(
        PostAuthor.status != Post.status,
        PostAuthor.edited_at.is_distinct_from(Post.updated_at),
    )
    return db.session.scalars(db.select(Post.id).join(PostAuthor).where(differs)).all()


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_leaves_authors_rows_in_step(stage: Stage, name: str) -> None:
    with stage.app.app_context():
        CHANGES[name](Doing(stage))
        assert out_of_step() == []
    stage.restore()


def test_a_publication_that_falls_due_leaves_them_in_step(stage: Stage) -> None:
    with stage.app.app_context():
        author, soon = Doing(stage).alice, NOW + timedelta(hours=1)
        make_post(author, "Coming", status="scheduled", published_at=soon)
        assert overdue.publish(soon) == 1
        assert out_of_step() == []
    stage.restore()


def test_what_is_brought_in_is_in_step(stage: Stage, tmp_path: Path) -> None:
    other = furnish(on_file(tmp_path / "old.db"))
    with stage.app.app_context(), closing(other):
        before = db.session.scalar(db.select(db.func.count(PostAuthor.post_id)))
        bring(other)
        assert db.session.scalar(db.select(db.func.count(PostAuthor.post_id))) > before
        assert out_of_step() == []
    stage.restore()


def test_the_demo_is_in_step(app: Flask) -> None:
    with app.app_context():
        forge_demo(NOW)
        assert db.session.scalar(db.select(db.func.count(PostAuthor.post_id)))
        assert out_of_step() == []


def test_a_row_that_is_out_of_step_is_found(stage: Stage) -> None:
    with stage.app.app_context():
        post = Doing(stage).bobs_published
        db.session.execute(db.update(PostAuthor).values(status="draft"))
        db.session.commit()
        assert post.id in out_of_step()
    stage.restore()
