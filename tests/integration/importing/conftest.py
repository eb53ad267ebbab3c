"""Other blogs to bring in, and an app that has none yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.integration.importing.sources import OtherBlog, furnish, on_file


@pytest.fixture
def empty(app: Flask) -> Iterator[Flask]:
    """The app's context on a database where no blog was set up."""
    with app.app_context():
        yield app


@pytest.fixture(params=[1, 2], ids=["first edition", "second edition"])
def edition(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def other(tmp_path: Path, edition: int) -> Iterator[OtherBlog]:
    """A small blog of either edition."""
    blog = furnish(on_file(tmp_path / "other.db", edition))
    yield blog
    blog.close()


@pytest.fixture
def old(tmp_path: Path) -> Iterator[OtherBlog]:
    """A small blog of the first edition."""
    blog = furnish(on_file(tmp_path / "old.db"))
    yield blog
    blog.close()
