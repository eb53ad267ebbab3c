"""A blog as it runs on a server, and what goes wrong there."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.deploy.acts import PASSWORD, set_up
from tests.deploy.asking import Client
from tests.deploy.managers import Manager, behind_socket, supervised
from tests.deploy.stage import Server, make_server, nginx
from tests.e2e.stage import Blog, running_blog
from tests.postbox import Postbox

MANAGERS = {"supervisor": supervised, "systemd": behind_socket}


@dataclass
class Stage:
    """A server that runs, who runs it, and the mail that it sends."""

    name: str
    server: Server
    manager: Manager
    letters: Postbox

    @property
    def url(self) -> str:
        return self.server.site.url

    def client(self, last: int = 1) -> Client:
        """Somebody's browser; the last number of an address of loopback says whose."""
        return Client(self.url, address=f"127.0.0.{last}")

    def ada(self) -> Client:
        """The administrator, signed in."""
        ada = self.client()
        ada.sign_in("ada", PASSWORD)
        return ada


@contextmanager
def running(
    name: str, disk: Callable[[Path], AbstractContextManager[object]] = nullcontext
) -> Iterator[Stage]:
    """A server with an empty blog under the process manager of that name; `disk` holds it all."""
    # Not pytest's own folder, which is closed to nginx and to the blog's user.
    folder = Path(tempfile.mkdtemp(prefix="bluelog-server-"))
    folder.chmod(0o755)
    try:
        with ExitStack() as stack:
            stack.enter_context(disk(folder))
            letters = stack.enter_context(Postbox())
            server = make_server(folder, letters.port)
            manager = stack.enter_context(MANAGERS[name](server))
            stack.enter_context(nginx(server))
            yield Stage(name, server, manager, letters)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session", params=list(MANAGERS))
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A server whose blog ada has set up, under one process manager and then the other."""
    with running(request.param) as stage:
        set_up(stage.server)
        yield stage


@pytest.fixture(params=list(MANAGERS))
def empty_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A server with a blog that nobody has set up."""
    with running(request.param) as stage:
        yield stage


@pytest.fixture
def letters() -> Iterator[Postbox]:
    """A mail server on loopback."""
    with Postbox() as box:
        yield box


@pytest.fixture
def lone(databases: Databases, tmp_path: Path, letters: Postbox) -> Iterator[Blog]:
    """A blog that ada has set up, with no proxy before its gunicorn."""
    url = databases.copy(tmp_path)
    with running_blog(tmp_path, url, letters.port) as running:
        set_up(running)
        yield running
    databases.drop(url)
