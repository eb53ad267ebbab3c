"""Nothing is wider than the screen, and a finger hits what it means."""

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Visit
from tests.e2e.stage import DESK, PHONE, Blog

PASSWORD = "a-lantern-by-the-window"
FINGER = 44
# What is hit on a phone, by page; `{post}` has comments, and posts before and after it.
TARGETS = {
    "/": ".brand a, .card h2 a, .card .meta a",
    "/links": ".brand a, .links a",
    "{post}": ".brand a, .head a, .moderate :is(a, button), .onward a",
    "/admin/comments": ".choose",
}
HEIGHTS = "nodes => nodes.map(node => [node.outerHTML, node.getBoundingClientRect().height])"
CHARACTERS = """nodes => nodes.map(node =>
    node.getBoundingClientRect().width / parseFloat(getComputedStyle(node).fontSize))"""


@pytest.fixture
def told(blog: Blog) -> Blog:
    """A blog with conversations."""
    blog.flask("forge", "--yes", "--category", "2", "--post", "8", "--comment", "60")
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    return blog


def signed_in(page: Page) -> Page:
    page.goto("/auth/login")
    page.fill("[name=login]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").first.click()
    page.wait_for_url("**/admin/")
    return page


def talked_about(page: Page) -> str:
    """The address of a post that has comments, and posts before and after it."""
    page.goto("/")
    links = page.locator(".card .meta a[href*='#comments']")
    return str(links.nth(2).get_attribute("href")).partition("#")[0]


@pytest.mark.slow
def test_a_finger_hits_what_it_means(told: Blog, visitor: Visit) -> None:
    page = signed_in(visitor(viewport=PHONE).page)
    post = talked_about(page)
    for path, chosen in TARGETS.items():
        page.goto(path.format(post=post))
        found = page.locator(chosen).evaluate_all(HEIGHTS)
        assert found, path
        assert [node for node, height in found if height < FINGER] == []


@pytest.mark.slow
def test_an_unbroken_title_makes_no_page_wider(told: Blog, visitor: Visit) -> None:
    for size in (PHONE, DESK):
        page = signed_in(visitor(viewport=size).page)
        page.goto("/admin/posts/new")
        page.fill("[name=title]", "W" * 120)
        page.locator(".cke_wysiwyg_div").fill("Once.")
        page.locator("[formaction$='/publication']").click()
        page.wait_for_url("**/post/**")
        for path in (page.url, "/", "/admin/", "/admin/posts"):
            page.goto(path)
            assert page.get_by_text("W" * 120).first.is_visible()
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


@pytest.mark.slow
def test_a_line_of_chinese_can_be_read_on_a_wide_screen(told: Blog, visitor: Visit) -> None:
    page = signed_in(visitor(viewport=DESK, locale="zh-CN").page)
    page.goto("/admin/comments")
    widths = page.locator(".said:lang(zh)").evaluate_all(CHARACTERS)
    assert widths
    assert max(widths) <= 40
