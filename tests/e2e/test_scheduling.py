"""A post with a time to come is nobody's until then, and everyone's from then on."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.databases import Databases
from tests.e2e.conftest import Visit
from tests.e2e.stage import CLOCK, PHONE, Blog, running_blog
from tests.postbox import Postbox

AREA = ".cke_wysiwyg_div"
PASSWORD = "a-lantern-by-the-window"
TITLE = "The early ferry"
SOON = timedelta(minutes=7)


@pytest.fixture
def blog(databases: Databases, tmp_path: Path, letters: Postbox) -> Iterator[Blog]:
    """A blog whose clock the test moves."""
    url, clock = databases.copy(tmp_path), tmp_path / "clock"
    clock.write_text("0", "utf-8")
    with running_blog(tmp_path, url, letters.port, **{CLOCK: str(clock)}) as running:
        running.flask("init", "--username", "ada", "--password", PASSWORD)
        yield running
    databases.drop(url)


def in_feed(reader: Page) -> bool:
    return TITLE in reader.request.get("/feed.atom").text()


def test_it_appears_by_itself_though_the_worker_is_down(blog: Blog, visitor: Visit) -> None:
    writer, reader = visitor(locale="en-GB").page, visitor(viewport=PHONE, locale="zh-CN").page
    blog.stop("worker")
    schedule(writer)
    reader.goto("/")
    address = "/post/the-early-ferry"
    expect(reader.get_by_role("link", name=TITLE)).to_have_count(0)
    assert reader.request.get(address).status == 404
    assert not in_feed(reader)

    blog.wait(SOON.total_seconds())
    reader.reload()
    reader.get_by_role("link", name=TITLE).first.click()
    expect(reader).to_have_url(re.compile(f"{address}$"))
    expect(reader.locator("article")).to_contain_text("It leaves at six.")
    assert in_feed(reader)

    # All of that by time alone; what the worker does follows when it is there again.
    writer.goto("/admin/posts")
    row = writer.locator("tr", has_text=TITLE)
    expect(row).to_contain_text("Scheduled")
    blog.start("worker")
    reload_until(writer, lambda: "Published" in row.inner_text())
    reader.reload()
    expect(reader.locator("article h1")).to_have_text(TITLE)
    assert in_feed(reader)


def reload_until(page: Page, holds: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        page.wait_for_timeout(200)
        page.reload()


def schedule(page: Page) -> None:
    page.goto("/auth/login?next=/admin/posts/new")
    page.fill("[name=login]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").first.click()
    page.fill("[name=title]", TITLE)
    page.locator(AREA).click()
    page.keyboard.type("It leaves at six.")
    when = page.locator("[name=appears]")
    now = datetime.fromisoformat(when.get_attribute("data-now") or "")
    when.fill((now + SOON - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Schedule", exact=True).first.click()
    expect(page.get_by_text("Scheduled").first).to_be_visible()
