"""A blog that has outgrown its machine: real servers beside the app."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from bluelog import storage
from bluelog.extensions import db
from bluelog.jobs import due
from bluelog.storage import S3Storage
from tests import redis, s3
from tests.conftest import make_app
from tests.databases import Databases


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.Server]:
    """One server for all tests; each works under a prefix of its own."""
    s3.need()
    with s3.running(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def prefix(tmp_path: Path) -> str:
    return f"{tmp_path.name}/"


@pytest.fixture(scope="session")
def clients() -> dict[int, Any]:
    """The connections to the server: making one takes longer than most of the tests."""
    return {}


@pytest.fixture
def bucket(s3_server: s3.Server, prefix: str, clients: dict[int, Any]) -> S3Storage:
    """A storage on the server, nothing in it."""
    made = in_bucket(s3_server.settings(S3_PREFIX=prefix))
    made._clients = clients
    return made


def in_bucket(settings: dict[str, str]) -> S3Storage:
    made = storage.in_bucket({"S3_REGION": "us-east-1", "S3_PREFIX": "", **settings})
    assert made is not None
    return made


@pytest.fixture
def on_s3(
    databases: Databases,
    tmp_path: Path,
    s3_server: s3.Server,
    prefix: str,
    clients: dict[int, Any],
) -> Iterator[Flask]:
    """An app that keeps its pictures on the server; its database is empty."""
    url = databases.copy(tmp_path)
    app = make_app(tmp_path, url, **s3_server.settings(S3_PREFIX=prefix))
    files = storage.current()
    assert isinstance(files, S3Storage)
    files._clients = clients
    yield app
    due.files_away.answered()
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[redis.Server]:
    """An empty server."""
    redis.need()
    with redis.running(tmp_path) as server:
        yield server
