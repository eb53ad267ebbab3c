"""A real browser on a blog that runs as operators run it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.databases import Databases
from tests.e2e.stage import PATIENCE_SECONDS, Blog, Watched, launch, running_blog, visit
from tests.postbox import Postbox

Visit = Callable[..., Watched]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "e2e":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_SECONDS * 1000)
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture
def letters() -> Iterator[Postbox]:
    """A mail server on loopback."""
    with Postbox() as box:
        yield box


@pytest.fixture
def blog(databases: Databases, tmp_path: Path, letters: Postbox) -> Iterator[Blog]:
    """An empty blog that nobody has set up."""
    url = databases.copy(tmp_path)
    with running_blog(tmp_path, url, letters.port) as running:
        yield running
    databases.drop(url)


@pytest.fixture
def visitor(browser: Browser, blog: Blog) -> Iterator[Visit]:
    """Opens the blog as another person each time; nobody may have had anything to complain of."""
    everyone: list[Watched] = []

    def come(**options: Any) -> Watched:
        everyone.append(visit(browser, blog, **options))
        return everyone[-1]

    yield come
    complaints = [complaint for person in everyone for complaint in person.complaints]
    for person in everyone:
        person.context.close()
    assert complaints == []
