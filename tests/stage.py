"""A filled blog on which every row has a name, and which can be put back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from bluelog.extensions import Base, db
from bluelog.models import Site
from bluelog.services import search_index
from bluelog.uow import unit_of_work
from tests import stage_rows
from tests.browsing import csrf_token, sign_in
from tests.conftest import CAST, NOW, make_app
from tests.databases import Databases
from tests.kept import forget

Dump = dict[str, list[tuple[Any, ...]]]

TABLES = Base.metadata.sorted_tables
# In the order of the columns of a table of rights.
ACTORS = ("stranger", "mallory", "rita", "carol", "alice", "eve", "ada")


@dataclass
class Stage:
    """The app, its rows and addresses by name, everyone's cookie and token."""

    app: Flask
    rows: dict[str, tuple[str, int]]
    addresses: dict[str, str]
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    filled: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def url(self, pattern: str) -> str:
        """`/admin/posts/{alices_draft}/edit` with the id of that row."""
        return pattern.format_map(
            {name: row[1] for name, row in self.rows.items()} | self.addresses
        )

    def client(self, actor: str = "stranger") -> FlaskClient:
        """A browser of that person that remembers nothing of what others did."""
        client = self.app.test_client()
        if actor in self.cookies:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookies[actor])
        return client

    def dump(self) -> Dump:
        """Every row of every table."""
        with self.app.app_context(), db.engine.connect() as connection:
            return _dump(connection)

    def keep(self) -> None:
        """Take every table as it is now for how it is put back."""
        with self.app.app_context(), db.engine.connect() as connection:
            for table in TABLES:
                # What is under another row, as a page is, comes back after it.
                rows = table.select().order_by(*table.primary_key)
                found = connection.execute(rows).mappings().all()
                self.filled[table.name] = [dict(row) for row in found]

    def restore(self) -> None:
        """Put every table back as it was kept.

        Time stands still and the revisions go back too: the pages of what comes next would be
        taken for those of what was.
        """
        with self.app.app_context(), db.engine.begin() as connection:
            for table in reversed(TABLES):
                connection.execute(table.delete())
            for table in TABLES:
                if rows := self.filled[table.name]:
                    connection.execute(table.insert(), rows)
        with self.app.app_context(), unit_of_work():
            search_index.write(row["id"] for row in self.filled["post"])
            search_index.drop_orphans()
        forget(self.app)

    def change_site(self, **values: Any) -> None:
        """Change settings of the site, until the stage is put back."""
        with self.app.app_context():
            db.session.execute(db.update(Site).values(**values))
            db.session.commit()


@contextmanager
def staged(databases: Databases, folder: Path) -> Iterator[Stage]:
    """A stage on a database of its own; time stands still at NOW."""
    url = databases.copy(folder)
    app = make_app(folder, url)
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            rows, addresses = stage_rows.fill()
            named = {name: (row.__tablename__, row.id) for name, row in rows.items()}
        stage = Stage(app, named, addresses)
        for actor in CAST:
            _let_in(stage, actor)
        stage.keep()
        yield stage
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)


def _let_in(stage: Stage, actor: str) -> None:
    """Give the actor a cookie; mallory's session is one that outlived the account."""
    client = stage.app.test_client()
    sign_in(client, actor)
    stage.tokens[actor] = csrf_token(client)
    cookie = client.get_cookie(stage.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    stage.cookies[actor] = cookie.value


def _dump(connection: Connection) -> Dump:
    select = 'SELECT * FROM "{}" ORDER BY 1, 2'
    return {
        t.name: [tuple(row) for row in connection.exec_driver_sql(select.format(t.name))]
        for t in TABLES
    }
