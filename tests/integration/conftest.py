"""What several files of this folder need."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from bluelog import clock
from bluelog.extensions import queue
from tests.postbox import Postbox, send_to


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def posting(context: Flask) -> Iterator[Flask]:
    """The set-up app with a mail server; rings for the worker are dropped afterwards."""
    context.config["MAIL_SERVER"] = "127.0.0.1"
    queue.huey.flush()
    yield context
    queue.huey.flush()


@pytest.fixture
def postbox(posting: Flask) -> Iterator[Postbox]:
    """A mail server that the app sends to."""
    with Postbox() as box:
        send_to(box.port, posting)
        yield box
