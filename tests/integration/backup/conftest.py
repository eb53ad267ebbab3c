"""A blog with something in every corner, and machines without anything."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from bluelog.extensions import db
from bluelog.models import Link, MailStatus, OutgoingMail, TokenPurpose, UserSession
from bluelog.services import sessions, tokens
from bluelog.uow import unit_of_work
from tests.conftest import NOW, make_app
from tests.databases import Databases
from tests.integration.backup.steps import PICTURES, let_go
from tests.letters import queued
from tests.making import make_comment, make_post


@pytest.fixture
def blog(context: Flask, cast: SimpleNamespace) -> Iterator[Flask]:
    """A blog with posts, comments, pictures, a session, an unused link and mail that waits."""
    post = make_post(cast.alice, "Lamps 灯", slug="lamps")
    make_comment(post, "换行\n和制表\t符 \\ “quoted”")
    db.session.add(Link(name="Rel", url="https://example.org/?a=1&b=2"))
    db.session.commit()
    sessions.open_session(cast.ada, remember=True, at=NOW)
    with unit_of_work():
        tokens.issue(cast.rita, TokenPurpose.RESET, at=NOW)
    queued(NOW)
    folder: Path = context.config["BLUELOG_UPLOAD_PATH"]
    folder.mkdir(exist_ok=True)
    for name, data in PICTURES.items():
        (folder / name).write_bytes(data)
    let_go()
    yield context
    let_go()


@pytest.fixture
def empty_machine(databases: Databases, tmp_path: Path) -> Iterator[Callable[[], Flask]]:
    """Makes an app whose data folder is empty and whose database has no tables."""
    made: list[tuple[Flask, str]] = []

    def make() -> Flask:
        folder = tmp_path / f"machine-{len(made)}"
        folder.mkdir()
        url = databases.empty(folder)
        app = make_app(folder, url)
        made.append((app, url))
        return app

    yield make
    for app, url in made:
        with app.app_context():
            let_go()
        databases.drop(url)


def is_quiet() -> bool:
    """Whether no session is open, no link usable and no mail waits."""
    with_session = db.session.scalar(db.select(UserSession.key_hash))
    waiting = db.select(OutgoingMail.id).where(OutgoingMail.status != MailStatus.FAILED)
    return with_session is None and db.session.scalar(waiting) is None
