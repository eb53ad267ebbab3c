"""Two blogs that differ in size alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from bench import pages
from bench.fill import Size, fill
from bluelog.extensions import db
from tests.conftest import NOW, make_app
from tests.databases import Databases

SMALL = Size(1000, 5, 500, words=30)
LARGE = Size(5000, 5, 100_000, words=30)
# Stands for whoever wrote the post with the long conversation: on each blog somebody else.
TALKED_ABOUT = -1
WHO = (pages.ADA, pages.EDITOR, pages.QUIET, pages.CONTRIBUTOR)


@dataclass
class Blog:
    """A filled blog and who asks for its pages."""

    app: Flask
    readers: dict[str, str]
    dashboard: dict[str, str]
    keys: dict[int, str]
    url: str

    @property
    def engine(self) -> Engine:
        with self.app.app_context():
            return db.engine

    def client(self, user_id: int = 0) -> FlaskClient:
        """A browser of that person; of a stranger for 0."""
        client = self.app.test_client()
        if user_id:
            name = self.app.config["SESSION_COOKIE_NAME"]
            client.set_cookie(name, pages.cookie(self.app, self.keys[user_id]))
        return client


@pytest.fixture(scope="package")
def blogs(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Blog, Blog]]:
    """A small blog and one five times its size, both on the database that is tested."""
    made = []
    with time_machine.travel(NOW, tick=False):
        for size in (SMALL, LARGE):
            folder = tmp_path_factory.mktemp("flat")
            url = databases.copy(folder)
            app = make_app(folder, url, BLUELOG_PAGE_CACHE_BYTES="0")
            with app.app_context():
                fill(db.engine, size, NOW)
                keys = {who: pages.session_of(who) for who in WHO}
                keys[TALKED_ABOUT] = pages.session_of(pages.author_of(size.busiest))
                readers, dashboard = pages.readers_pages(size), pages.dashboard_pages()
            made.append(Blog(app, readers, dashboard, keys, url))
        yield made[0], made[1]
    for blog in made:
        with blog.app.app_context():
            db.engine.dispose()
        databases.drop(blog.url)


@pytest.fixture
def frozen() -> Iterator[None]:
    """Time stands still at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield
