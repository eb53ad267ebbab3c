"""The first day of a blog over HTTPS, through everything that stands before it on a server."""

import pytest
from playwright.sync_api import sync_playwright

from tests.deploy.conftest import Stage
from tests.e2e.first_day import CHINESE, ENGLISH, live_through
from tests.e2e.stage import DESK, launch, visit

# tests/run.py does not begin without a browser: this is not to be left out in silence.
pytestmark = pytest.mark.deploy


def test_the_first_day_over_https(empty_stage: Stage) -> None:
    blog, letters = empty_stage.server.blog, empty_stage.letters
    words = ENGLISH if empty_stage.name == "supervisor" else CHINESE
    # The certificate is its own word for itself; that of a real server is not.
    options = {"viewport": DESK, "ignore_https_errors": True}
    options["locale"] = "en-GB" if words is ENGLISH else "zh-CN"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        people = [visit(browser, blog, **options) for _ in range(2)]
        live_through(people[0].page, people[1].page, blog, letters, words)
        assert [complaint for person in people for complaint in person.complaints] == []
        browser.close()
