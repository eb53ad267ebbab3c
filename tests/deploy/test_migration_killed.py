"""Migrating, killed at random points and begun again: it runs to the end, and nothing is lost."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade
from sqlalchemy import Engine, inspect, text

from bluelog.extensions import MIGRATIONS, db
from bluelog.models import Category, Role, Site
from tests.architecture.test_migrations import HEAD, REBUILD, add
from tests.conftest import NOW, make_app, person
from tests.e2e.stage import ROOT
from tests.making import make_post
from tests.postgres import temporary_server

pytestmark = pytest.mark.deploy

KILLS = 8
COMMENTS = 20_000
REBUILDS = [("post", "title"), ("comment", "name"), ("user", "name"), ("comment", "email")]
LINGERS = """
    op.execute("SELECT pg_sleep(0.3)")


def downgrade"""
LAST = f"{9000 + len(REBUILDS)}"
TABLES = ("post", "comment", "post_author", "user", "category")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/blog.db"
        return
    with temporary_server() as url:
        yield url


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_migration_runs_to_the_end_on_the_next_try(kind: str, tmp_path: Path) -> None:
    folder = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    with database(kind, tmp_path) as url:
        app = make_app(tmp_path, url)
        with app.app_context():
            fill()
            before = counts(db.engine)
            for number, (table, column) in enumerate(REBUILDS, start=1):
                after = HEAD if number == 1 else f"{9000 + number - 1}"
                migration = REBUILD.replace('"9001"', f'"{9000 + number}"')
                if kind == "postgresql":  # which else is through before anybody could kill it
                    migration = migration.replace("\n\ndef downgrade", LINGERS)
                add(folder, migration, after=after, table=table, column=column)
            points = [killed_at(folder, url) for _ in range(KILLS)]
            assert counts(db.engine) == before
            with migrated(folder, url) as process:
                assert process.wait(120) == 0
            assert version(db.engine) == LAST
            assert counts(db.engine) == before
            assert is_sound(db.engine)
            db.engine.dispose()
    assert len(set(points)) > 1, "it was killed in more than one migration"


def fill() -> None:
    """A post with so many comments that a rebuild of their table takes its time."""
    upgrade()
    db.session.add(Site(title="The Lantern", description="", created_at=NOW))
    db.session.add(Category(name="General", name_key="general", slug="general", is_default=True))
    ada = person("ada", Role.ADMINISTRATOR)
    db.session.add(ada)
    db.session.commit()
    post = make_post(ada)
    row: dict[str, Any] = {"post_id": post.id, "name": "Guest", "email": "g@example.org"}
    row |= {"status": "approved", "html": "<p>Well said.</p>", "body": "Well said."}
    table = db.metadata.tables["comment"]
    db.session.execute(table.insert(), [row | {"created_at": NOW} for _ in range(COMMENTS)])
    db.session.commit()
    db.engine.dispose()


def migrated(folder: Path, url: str) -> "subprocess.Popen[str]":
    """`flask db upgrade`, begun."""
    settings = {
        "FLASK_APP": "bluelog",
        "FLASK_CONFIG": "production",
        "FLASK_SKIP_DOTENV": "1",
        "SECRET_KEY": "a-key-for-migrating-and-no-more",
        "DATABASE_URL": url,
        "BLUELOG_DATA_DIR": str(folder.parent),
        "BLUELOG_URL": "http://localhost",
        "BLUELOG_FORCE_HTTPS": "off",
        "BLUELOG_LOGGING_PATH": "stream",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "db", "upgrade", "--directory", str(folder)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed_at(folder: Path, url: str) -> str:
    """Begin to migrate and kill it within some migration; the version that there is afterwards."""
    process = migrated(folder, url)
    assert process.stderr is not None
    begun = (line for line in process.stderr if "Running upgrade" in line)
    for _ in range(random.randint(1, 2)):
        next(begun, None)
    time.sleep(random.uniform(0, 0.1))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert is_sound(db.engine)
    return version(db.engine)


def version(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0  # noqa: S608
            for name in TABLES
        }


def is_sound(engine: Engine) -> bool:
    """No table that was only on its way, no damage, no row that points nowhere."""
    halves = [name for name in inspect(engine).get_table_names() if "alembic_tmp" in name]
    if engine.dialect.name != "sqlite":
        return not halves
    with engine.connect() as connection:
        damage = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    return (halves, damage, orphans) == ([], ["ok"], [])
