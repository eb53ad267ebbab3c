"""The filled blog that the rows are asked of."""

from collections.abc import Iterator

import pytest

from bluelog.extensions import queue
from tests.databases import Databases
from tests.stage import Stage, staged


@pytest.fixture(scope="module")
def filled(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("parity")) as stage:
        yield stage
    queue.huey.flush()


@pytest.fixture
def stage(filled: Stage) -> Iterator[Stage]:
    """The blog as it was filled, whatever another test did."""
    yield filled
    filled.restore()
