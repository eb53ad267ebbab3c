"""Looking for words in both languages, with the mouse, and with the keyboard alone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.stage import DESK, PHONE, Blog


def barriers(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


@pytest.fixture
def filled(blog: Blog) -> Blog:
    """A blog with the demo's essays."""
    blog.flask("forge", "--yes", "--category", "0", "--post", "0", "--comment", "0", "--reply", "0")
    return blog


def test_a_reader_searches_in_english_on_a_desk(filled: Blog, visitor: Visit) -> None:
    page = visitor(viewport=DESK, locale="en-GB").page
    page.goto("/")
    page.get_by_role("link", name="Search").click()
    field = page.get_by_role("searchbox", name="Words to look for")
    field.fill("ferries timetable")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/search\?q=ferries\+timetable$"))
    first = page.locator("article").first
    expect(first.locator("h2 mark")).to_have_text(["Ferry", "Timetable"])
    expect(first.locator(".excerpt mark").first).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("link", name="In titles only").click()
    expect(page.locator("article")).to_have_count(1)
    expect(field).to_have_value("ferries timetable")
    page.locator("article h2 a").click()
    expect(page.locator("article h1")).to_have_text("The Ferry Timetable of 1911")
    page.go_back()
    page.get_by_role("link", name=re.compile("^Show all")).click()
    expect(page).to_have_url(re.compile(r"/search\?q=ferries\+timetable$"))
    assert page.context.cookies() == []


def test_a_reader_searches_in_chinese_on_a_phone(filled: Blog, visitor: Visit) -> None:
    page = visitor(viewport=PHONE, locale="zh-CN", color_scheme="dark").page
    page.goto("/")
    page.get_by_role("link", name="搜索").click()
    page.get_by_role("searchbox").fill("搬家")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("article h2").first).to_have_text("服务器搬家记")
    expect(page.locator("article h2 mark").first).to_have_text("搬家")
    expect(page.locator("main")).to_contain_text("共 1 条结果")
    assert barriers(page) == []
    page.get_by_role("searchbox").fill("服务其搬家")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator(".notice")).to_contain_text("没有文章包含全部词语")
    page.get_by_role("searchbox").fill("zzzz")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("main")).to_contain_text("没有找到“zzzz”")
    assert barriers(page) == []


def test_the_keyboard_alone_searches_without_scripts(filled: Blog, visitor: Visit) -> None:
    page = visitor(viewport=DESK, locale="en-GB", java_script_enabled=False).page
    page.goto("/search")
    field = page.get_by_role("searchbox")
    for _ in range(12):
        page.keyboard.press("Tab")
        if field.and_(page.locator(":focus")).count():
            break
    page.keyboard.type("lantren")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=lantren"))
    expect(page.get_by_role("searchbox")).to_have_value("lantren")
    page.goto("/search?q=kettle")
    page.locator("article h2 a").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/post/"))
