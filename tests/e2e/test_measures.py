"""Nothing is wider than the screen, and a finger hits what it means."""

import itertools

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Visit
from tests.e2e.stage import DESK, PHONE, Blog

PASSWORD = "a-lantern-by-the-window"
FINGER = 44
# `{post}` has comments, and posts before and after it.
READ = ("/", "/links", "/about", "{post}", "/auth/login", "/auth/reset", "/account")
LED = (
    *("/admin/", "/admin/posts", "/admin/posts/new", "/admin/comments", "/admin/categories"),
    *("/admin/categories/new", "/admin/people", "/admin/people/1", "/admin/people/invitation"),
    *("/admin/links", "/admin/settings", "/admin/health"),
    *("/admin/reads", "/admin/redirects", "/admin/redirects/new", "/admin/redirects/missing"),
)
# A box is hit by its label. What stands in running text is as high as its line.
TOO_SMALL = """finger => [...document.querySelectorAll("a, button, select, textarea, label, input")]
    .filter(node => !node.closest(".prose p, .cke, .visually-hidden, .skip"))
    .filter(node => !node.matches("[type=checkbox], [type=radio], [type=hidden]"))
    .filter(node => !node.matches("label:not(:has(input))"))
    .filter(node => node.checkVisibility({visibilityProperty: true}))
    .filter(node => node.getBoundingClientRect().width > 0)
    .map(node => [node.outerHTML, node.getBoundingClientRect().height])
    .filter(([_, height]) => height < finger)"""
# What is hit in the middle of a link or button, where that is another link or button.
MISTAKEN = """() => [...document.querySelectorAll("main :is(a, button)")]
    .filter(node => !node.closest(".prose p, .cke, .visually-hidden"))
    .filter(node => node.checkVisibility({visibilityProperty: true}))
    .map(node => {
        node.scrollIntoView({block: "center", behavior: "instant"})
        const {left, top, width, height} = node.getClientRects()[0]
        const hit = document.elementFromPoint(left + width / 2, top + height / 2)
        return [node.outerHTML, hit?.closest("a, button")?.outerHTML]
    })
    .filter(([meant, hit]) => hit && hit !== meant)"""
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


def say(page: Page, post: str, comment: dict[str, str]) -> None:
    """Leave a comment as a guest."""
    page.goto(post)
    for name, value in comment.items():
        page.fill(f"[name={name}]", value)
    page.locator("form:has([name=body]) button").click()
    page.wait_for_url("**notice=comment-pending**")


def talked_about(page: Page) -> str:
    """The address of a post that has comments, and posts before and after it."""
    page.goto("/")
    links = page.locator(".card .meta a[href*='#comments']")
    return str(links.nth(2).get_attribute("href")).partition("#")[0]


@pytest.mark.slow
def test_a_finger_hits_what_it_means(told: Blog, visitor: Visit) -> None:
    page = signed_in(visitor(viewport=PHONE).page)
    post = talked_about(page)
    for path in (*READ, *LED):
        page.goto(path.format(post=post))
        assert page.evaluate(TOO_SMALL, FINGER) == [], path
        assert page.evaluate(MISTAKEN) == [], path


@pytest.mark.slow
def test_a_finger_hits_one_of_several_close_together(told: Blog, visitor: Visit) -> None:
    page = signed_in(visitor(viewport=PHONE).page)
    comment = {"body": "Far away.", "author": "Bob", "email": "bob@a-long-way-off.example"}
    page.goto(talked_about(page))
    say(
        visitor(viewport=PHONE).page,
        page.url,
        comment | {"site": "https://a-long-way-off.example/and-further-yet"},
    )
    page.goto("/admin/comments")
    assert page.get_by_text("https://a-long-way-off.example/and-further-yet").is_visible()
    assert page.evaluate(MISTAKEN) == []
    page.goto("/admin/posts")
    page.locator(".row-menu summary").first.click()
    menu = page.locator(".row-menu[open] .menu :is(a, button)")
    boxes = [box for item in menu.all() if (box := item.bounding_box())]
    assert len(boxes) > 1
    for above, below in itertools.pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]


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
