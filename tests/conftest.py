"""The cast, and a fresh migrated database for every test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.globals import _cv_app
from flask.testing import FlaskClient
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from bluelog import create_app
from bluelog.extensions import db, init_migrations
from bluelog.models import AccountStatus, Category, Role, Site, User
from bluelog.passwords import hash_password
from bluelog.settings import TestingConfig
from tests.databases import Databases, of_the_run
from tests.wide import ALIKE, WIDE

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
PASSWORD = "plain-lantern-42"
_PASSWORD_HASH = hash_password(PASSWORD)

CAST = {
    "ada": Role.ADMINISTRATOR,
    "eve": Role.EDITOR,
    "alice": Role.AUTHOR,
    "bob": Role.AUTHOR,
    "carol": Role.CONTRIBUTOR,
    "rita": Role.READER,
    "mallory": Role.READER,
}


class Browser(FlaskClient):
    """A client whose requests begin without any context, as they do on a server.

    Flask would else let them share the test's own, and with it what `g` keeps for one request.
    """

    def open(self, *args: Any, **options: Any) -> TestResponse:
        outer = _cv_app.set(None)  # type: ignore[arg-type]
        try:
            return super().open(*args, **options)
        finally:
            _cv_app.reset(outer)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them by where they are, before it is looked at what is asked for."""
    here = Path(__file__).parent
    for item in items:
        place = item.path.relative_to(here).as_posix()
        for mark, places in (("wide", WIDE), ("alike", ALIKE)):
            if place.startswith(places):
                item.add_marker(mark)


def make_app(folder: Path, database_url: str, **further: str) -> Flask:
    settings = {
        "DATABASE_URL": database_url,
        "BLUELOG_DATA_DIR": str(folder),
        "BLUELOG_URL": "http://localhost",
        **further,
    }
    app = create_app(TestingConfig(settings))
    init_migrations(app)
    app.test_client_class = Browser
    return app


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    folder = tmp_path_factory.mktemp("template")
    made = of_the_run(folder)
    app = make_app(folder, made.template_url)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    yield made
    made.close()


@pytest.fixture
def app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An app on an empty migrated database: no site, no account."""
    url = databases.copy(tmp_path)
    app = make_app(tmp_path, url)
    yield app
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)


@pytest.fixture
def site(app: Flask) -> Flask:
    """The app with a set-up site: its row, the default category and the cast."""
    with app.app_context():
        db.session.add(Site(title="The Lantern", description="Notes", created_at=NOW))
        db.session.add(
            Category(name="General", name_key="general", slug="general", is_default=True)
        )
        for username, role in CAST.items():
            db.session.add(person(username, role))
        db.session.commit()
    return app


def person(username: str, role: Role) -> User:
    """One of the cast; mallory is disabled."""
    return User(
        username=username,
        username_key=username,
        email=f"{username}@example.com",
        email_key=f"{username}@example.com",
        name=username.title(),
        password_hash=_PASSWORD_HASH,
        role=role,
        status=AccountStatus.DISABLED if username == "mallory" else AccountStatus.ACTIVE,
        created_at=NOW,
    )


@pytest.fixture
def context(site: Flask) -> Iterator[Flask]:
    """The set-up app with its context pushed, for tests of services and queries."""
    with site.app_context():
        yield site


@pytest.fixture
def cast(context: Flask) -> SimpleNamespace:
    """The seven people by name: cast.ada, cast.eve ..."""
    people = db.session.scalars(db.select(User)).all()
    return SimpleNamespace(**{user.username or "": user for user in people})


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    """A stranger's browser."""
    return site.test_client()
