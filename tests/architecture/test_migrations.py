"""The models are the migrated schema, and migrating loses nothing."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from bluelog.extensions import MIGRATIONS, db
from bluelog.models import (
    ArchiveMonth,
    Comment,
    CommentModerator,
    MenuItem,
    Post,
    PostAuthor,
    Redirect,
    RelationDue,
    Site,
    Upload,
    UploadUse,
)
from bluelog.services import posts
from bluelog.services.content import Content
from tests.conftest import NOW
from tests.making import make_comment, make_post
from tests.pictures import keep, photograph

SCRIPTS = ScriptDirectory(str(MIGRATIONS))
HEAD = str(SCRIPTS.get_current_head())

REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9001", "{after}"


def upgrade():
    with op.batch_alter_table("{table}") as table:
        table.alter_column("{column}", type_=sa.String(length=300), existing_nullable=False)


def downgrade():
    pass
"""
HALF_DONE = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9002", "{after}"


def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("UPDATE post SET title = 'Half done'")
    raise LookupError("the power failed")


def downgrade():
    pass
"""
ORPHANING = """
from alembic import op

revision, down_revision = "9003", "{after}"


def upgrade():
    op.execute("DELETE FROM post")


def downgrade():
    pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the project's migrations, for further ones to be added."""
    return shutil.copytree(MIGRATIONS, tmp_path / "migrations")


@pytest.fixture
def filled(cast: SimpleNamespace) -> Post:
    """A post with everything that hangs on one."""
    post = make_post(cast.alice)
    make_comment(post, "Back", parent_id=make_comment(post).id)
    db.session.rollback()
    return post


def add(folder: Path, migration: str, **words: str) -> None:
    number = migration.partition('revision, down_revision = "')[2][:4]
    (folder / "versions" / f"{number}.py").write_text(migration.format(**words), "utf-8")


def differences() -> Any:
    """What a new migration would hold."""
    with db.engine.connect() as connection:
        options = {"compare_type": True, "include_object": _is_mapped}
        return compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)


def _is_mapped(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """The tables of the full-text search have a test of their own."""
    return not (kind == "table" and (name or "").startswith("post_search"))


def version() -> str:
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))


def counts() -> dict[str, int]:
    tables = (Post, PostAuthor, Comment, CommentModerator)
    found = {
        t.__tablename__: db.session.scalar(db.select(db.func.count()).select_from(t))
        for t in tables
    }
    db.session.rollback()
    return found


def test_the_models_are_what_the_migrations_make(app: Flask) -> None:
    with app.app_context():
        assert inspect(db.engine).has_table("alembic_version")
        assert differences() == []


def test_there_and_back_again(app: Flask) -> None:
    with app.app_context():
        downgrade(revision="base")
        db.engine.dispose()
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        assert differences() == []


def test_authors_rows_are_filled_with_what_their_posts_say(filled: Post) -> None:
    post_id, said = filled.id, (filled.status, filled.updated_at)
    db.session.rollback()
    db.engine.dispose()
    downgrade(revision="0002")
    upgrade()
    row = db.session.scalars(db.select(PostAuthor).where(PostAuthor.post_id == post_id)).one()
    assert (row.status, row.edited_at) == said
    db.session.rollback()


def test_every_author_gets_a_row_for_each_comment_on_own_posts(
    filled: Post, cast: SimpleNamespace
) -> None:
    post_id = make_post(cast.bob, "Of two").id
    db.session.add(PostAuthor(post_id=post_id, user_id=cast.carol.id, position=1))
    make_comment(db.session.get_one(Post, post_id), status="spam", from_staff=True)
    before = moderators()
    assert len(before) == 4
    db.session.rollback()
    db.engine.dispose()
    downgrade(revision="0003")
    assert not inspect(db.engine).has_table("comment_moderator")
    upgrade()
    assert moderators() == before
    assert differences() == []


def test_months_are_counted_in_the_sites_zone(filled: Post, cast: SimpleNamespace) -> None:
    eve = datetime(2025, 12, 31, 20, tzinfo=UTC)  # in Shanghai it is the next year
    make_post(cast.alice, "Eve", published_at=eve)
    make_post(cast.alice, "Page", kind="page", published_at=eve)
    make_post(cast.alice, "Draft", status="draft")
    db.session.scalars(db.select(Site)).one().time_zone = "Asia/Shanghai"
    db.session.commit()
    assert months() == [(2026, 1, 1), (2026, 3, 1)]
    db.engine.dispose()
    downgrade(revision="0008")
    assert not inspect(db.engine).has_table("archive_month")
    upgrade()
    assert months() == [(2026, 1, 1), (2026, 3, 1)]
    assert differences() == []


def test_posts_that_were_there_before_wait_for_their_relatives(
    filled: Post, cast: SimpleNamespace
) -> None:
    post_id = filled.id
    make_post(cast.alice, "Page", kind="page")
    make_post(cast.alice, "Draft", status="draft")
    db.session.rollback()
    db.engine.dispose()
    downgrade(revision="0017")
    assert not inspect(db.engine).has_table("relation_due")
    upgrade()
    [due] = db.session.scalars(db.select(RelationDue))
    assert (due.post_id, due.since.tzinfo) == (post_id, UTC)
    db.session.rollback()


def months() -> list[tuple[Any, ...]]:
    query = db.select(*ArchiveMonth.__table__.columns).where(ArchiveMonth.post_count > 0)
    found = [tuple(row) for row in db.session.execute(query.order_by(text("1, 2")))]
    db.session.rollback()
    return found


def test_it_is_found_out_which_posts_show_which_pictures(
    filled: Post, cast: SimpleNamespace
) -> None:
    photo, drawing = keep(photograph(), cast.alice), keep(photograph(40, 40, "PNG"), cast.alice)
    spare_id, photo_id, drawing_id = keep(photograph(500, 90), cast.alice).id, photo.id, drawing.id
    shown = f'<p><img src="/uploads/{photo.variant_name(480)}" alt=""></p>'
    first = make_post(cast.alice, "One", html=shown * 2, cover_id=drawing_id).id
    second = make_post(cast.alice, "Two", html=shown, cover_id=photo_id).id
    before = formats()
    db.session.rollback()
    db.engine.dispose()
    downgrade(revision="0005")
    assert not inspect(db.engine).has_table("upload_use")
    upgrade()
    columns = UploadUse.__table__.columns
    rows = db.session.execute(db.select(*columns).order_by(columns.upload_id, columns.post_id))
    assert [tuple(row) for row in rows] == [
        (photo_id, first, True, False, True),
        (photo_id, second, True, True, True),
        (drawing_id, first, False, True, False),
    ]
    states = dict(db.session.execute(db.select(Upload.id, Upload.state)).all())
    assert states == {photo_id: "used", drawing_id: "used", spare_id: "unused"}
    assert formats() == before
    db.session.rollback()
    assert differences() == []


def test_what_was_public_once_is_found_in_its_revisions(cast: SimpleNamespace) -> None:
    known = {"by": cast.alice, "at": NOW}
    once = posts.create_published(Content("Once", "<p>x</p>", "en"), **known)
    posts.withdraw(once.id, Content("Once", "<p>x</p>", "en"), version=1, **known)
    never = posts.create(Content("Never", "<p>x</p>", "en"), **known)
    ids = (once.id, never.id)
    db.session.rollback()
    db.engine.dispose()
    downgrade(revision="0020")
    upgrade()
    found = dict(db.session.execute(db.select(Post.id, Post.was_public)).all())
    assert [found[post_id] for post_id in ids] == [True, False]
    db.session.rollback()
    assert differences() == []


def test_pages_keep_their_addresses_on_the_way_back(cast: SimpleNamespace) -> None:
    top = make_post(cast.ada, "House", kind="page")
    under = {"kind": "page", "parent_id": top.id, "parent_slug": "house"}
    make_post(cast.ada, "Garden", **under)
    make_post(cast.ada, "Attic", status="draft", **under)
    former = {"/garden": "/house/garden", "/yard": "/house/garden", "/away": "/elsewhere"}
    rows = [{"path": path, "target": to, "created_at": NOW} for path, to in former.items()]
    db.session.execute(db.insert(Redirect), rows)
    db.session.commit()
    downgrade(revision="0014")
    assert "parent_id" not in {each["name"] for each in inspect(db.engine).get_columns("post")}
    upgrade()
    leads = dict(db.session.execute(db.select(Redirect.path, Redirect.target)).all())
    there = {page.path for page in db.session.scalars(db.select(Post).where(Post.kind == "page"))}
    db.session.rollback()
    assert leads == {"/house/garden": "/garden", "/yard": "/garden", "/away": "/elsewhere"}
    assert there == {"/house", "/garden", "/attic"}
    assert differences() == []


def test_the_menu_begins_with_what_it_showed_so_far(cast: SimpleNamespace) -> None:
    about = make_post(cast.ada, "About", kind="page")
    draft = make_post(cast.ada, "Draft", kind="page", status="draft")
    make_post(cast.ada, "Old", kind="page", status="trashed")
    make_post(cast.ada, "Below", kind="page", parent_id=about.id, parent_slug="about")
    make_post(cast.ada, "A post")
    expected = [("home", None), ("page", about.id), ("page", draft.id), ("links", None)]
    db.session.commit()
    downgrade(revision="0015")
    assert not inspect(db.engine).has_table("menu_item")
    upgrade()
    columns = (MenuItem.kind, MenuItem.post_id, MenuItem.menu, MenuItem.label)
    rows = db.session.execute(db.select(*columns).order_by(MenuItem.position)).all()
    db.session.rollback()
    assert [tuple(row) for row in rows] == [
        (kind, post_id, "main", "") for kind, post_id in [*expected, ("search", None)]
    ]
    assert differences() == []


def formats() -> list[tuple[Any, ...]]:
    columns = (Upload.id, Upload.formats, Upload.formats_at, Upload.search_text)
    return [tuple(row) for row in db.session.execute(db.select(*columns).order_by(Upload.id))]


def moderators() -> list[tuple[Any, ...]]:
    rows = db.session.execute(db.select(*CommentModerator.__table__.columns).order_by(text("1, 2")))
    found = [tuple(row) for row in rows]
    db.session.rollback()
    return found


def test_each_migration_has_one_before_it_and_a_way_back() -> None:
    revisions = list(SCRIPTS.walk_revisions())
    assert len(SCRIPTS.get_heads()) == 1
    assert [r.revision for r in revisions if r.is_merge_point] == []
    assert [r.revision for r in revisions if not hasattr(r.module, "downgrade")] == []


@pytest.mark.parametrize(
    ("table", "column"), [("post", "title"), ("user", "name"), ("comment", "name")]
)
def test_rebuilding_a_table_loses_no_row_that_points_at_it(
    filled: Post, folder: Path, table: str, column: str
) -> None:
    before = counts()
    assert min(before.values()) > 0
    add(folder, REBUILD, after=HEAD, table=table, column=column)
    upgrade(directory=str(folder))
    assert version() == "9001"
    assert counts() == before
    columns: Any = {c["name"]: c["type"] for c in inspect(db.engine).get_columns(table)}
    assert columns[column].length == 300


def test_foreign_keys_hold_again_after_migrating(filled: Post, folder: Path) -> None:
    add(folder, REBUILD, after=HEAD, table="post", column="title")
    upgrade(directory=str(folder))
    db.session.execute(text("DELETE FROM post"))
    assert db.session.scalar(db.select(db.func.count()).select_from(Comment)) == 0


def test_a_migration_that_fails_leaves_nothing_behind(filled: Post, folder: Path) -> None:
    add(folder, REBUILD, after=HEAD, table="post", column="title")
    add(folder, HALF_DONE, after="9001")
    with pytest.raises(LookupError):
        upgrade(directory=str(folder))
    db.session.rollback()
    assert version() == "9001"
    assert not inspect(db.engine).has_table("half_done")
    assert db.session.scalar(db.select(Post.title)) == "A post"


def test_no_migration_leaves_rows_that_point_nowhere(
    filled: Post, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = counts()
    add(folder, ORPHANING, after=HEAD)
    if db.engine.dialect.name == "postgresql":  # which keeps its foreign keys while it migrates
        upgrade(directory=str(folder))
        assert set(counts().values()) == {0}
        return
    with pytest.raises(SystemExit):
        upgrade(directory=str(folder))
    assert "point nowhere" in caplog.text
    assert version() == HEAD
    assert counts() == before
