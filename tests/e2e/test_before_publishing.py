"""A look at what was typed, a link for an outsider, a check, and publishing all the same."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.stage import PHONE, Blog

PASSWORD = "a-lantern-by-the-window"
TEXT = 'Set AKIA{} in <a href="/post/gone">this</a>.'.format("Q3ZK7WTX5MBN2VRD")


@pytest.fixture
def writing(blog: Blog, visitor: Visit) -> Page:
    """A new post in Markdown, with something serious in it and nothing saved."""
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    page = visitor(locale="en-GB").page
    page.goto("/auth/login?next=/admin/posts/new")
    page.fill("[name=login]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").first.click()
    page.get_by_role("button", name="Change to Markdown").click()
    page.fill("#title", "A ferry")
    page.fill("#source", TEXT)
    return page


def test_a_preview_opens_beside_and_the_writer_goes_on(writing: Page) -> None:
    with writing.expect_popup() as opened:
        writing.get_by_role("button", name="Preview (in a new tab)").click()
    expect(opened.value.locator("h1")).to_have_text("A ferry")
    expect(opened.value.locator(".notice")).to_contain_text("Nothing is saved")
    assert Axe().run(opened.value).response["violations"] == []
    # Nothing here is sent: the buttons stay, and leaving is still asked about.
    expect(writing.locator("button:disabled")).to_have_count(0)
    asked = []
    writing.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    writing.evaluate("window.location.assign('/admin/posts')")
    expect(writing.locator("#source")).to_have_value(TEXT)
    assert asked == ["beforeunload"]


def test_an_outsider_reads_a_draft_until_the_link_is_revoked(writing: Page, visitor: Visit) -> None:
    writing.get_by_role("button", name="Save draft").click()
    writing.locator("summary", has_text="Preview links").click()
    writing.get_by_label("A new link works for").select_option("1")
    writing.get_by_role("button", name="Make a link").click()
    address = writing.locator(".preview-link input").input_value()
    outsider = visitor(viewport=PHONE).page
    outsider.goto(address)
    expect(outsider.locator("h1")).to_have_text("A ferry")
    expect(outsider.locator("form[action*=comments]")).to_have_count(0)
    assert Axe().run(writing).response["violations"] == []
    writing.get_by_role("button", name=re.compile("Revoke")).click()
    expect(writing.locator(".preview-link")).to_have_count(0)
    outsider.goto("/")
    assert outsider.request.get(address).status == 404


def test_a_check_tells_and_publishing_asks_once(writing: Page) -> None:
    writing.get_by_role("button", name="Check", exact=True).click()
    serious = writing.locator("#check .finding-1")
    expect(serious).to_have_count(2)
    expect(writing.locator("#source")).to_have_value(TEXT)
    assert Axe().run(writing).response["violations"] == []
    writing.get_by_role("button", name="Publish", exact=True).click()
    expect(writing.locator("#doubtful-title")).to_be_visible()
    writing.get_by_role("button", name="Publish anyway").click()
    expect(writing).to_have_url(re.compile("/post/a-ferry$"))
