"""What a writer typed while the session ended, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.stage import DESK, PHONE, Blog

AREA = ".cke_wysiwyg_div"
PASSWORD = "a-lantern-by-the-window"


def barriers(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def sign_in(page: Page) -> None:
    page.fill("[name=login]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").first.click()


@pytest.mark.parametrize(("locale", "screen"), [("en-GB", DESK), ("zh-CN", PHONE)])
def test_a_post_written_while_the_session_ended_is_saved_whole(
    blog: Blog, visitor: Visit, locale: str, screen: dict[str, int]
) -> None:
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    writer = visitor(locale=locale, viewport=screen)
    page = writer.page
    page.goto("/auth/login?next=/admin/posts/new")
    sign_in(page)
    page.fill("[name=title]", "The lamp 灯")
    page.locator(AREA).click()
    page.keyboard.type("Trimmed & lit <again>.")
    writer.context.clear_cookies()
    page.locator(".editor-acts button").first.click()
    expect(page.locator("[name=title]")).to_have_value("The lamp 灯")
    assert barriers(page) == []
    with writer.context.expect_page() as opened:
        page.locator("a.button").click()
    sign_in(opened.value)
    opened.value.wait_for_url("**/admin/")
    page.locator(".kept button").click()
    expect(page.locator(".kept .help")).to_contain_text("ada")
    assert barriers(page) == []
    page.locator(".kept button").click()
    page.wait_for_url("**/admin/posts/*/edit")
    expect(page.locator("[name=title]")).to_have_value("The lamp 灯")
    expect(page.locator(AREA)).to_have_text("Trimmed & lit <again>.")
