"""Each role in a browser: what it is shown, and what it cannot reach by typing an address."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.stage import Blog, drop_picture

AREAS = {
    "/admin/": "contributor",
    "/admin/posts": "contributor",
    "/admin/posts/new": "contributor",
    "/admin/comments": "author",
    "/admin/categories": "editor",
    "/admin/links": "editor",
    "/admin/people": "administrator",
    "/admin/settings": "administrator",
}
RANKS = ["reader", "contributor", "author", "editor", "administrator"]
PEOPLE = {"rita": "reader", "carol": "contributor", "alice": "author", "eve": "editor"}


@pytest.fixture
def passwords(blog: Blog) -> dict[str, str]:
    """The demo's accounts, as the terminal printed them."""
    printed = blog.flask("forge", "--yes", "--category", "0", "--post", "0", "--comment", "0")
    return dict(re.findall(r"^  (\w+) +(\S+) +\w+$", printed, re.MULTILINE))


def test_each_role_sees_and_reaches_its_own_areas(
    blog: Blog, visitor: Visit, passwords: dict[str, str]
) -> None:
    for username, role in PEOPLE.items():
        page = visitor(locale="en-GB").page
        page.goto("/auth/login")
        page.fill("[name=login]", username)
        page.fill("[name=password]", passwords[username])
        page.locator("main button").first.click()
        expect(page).to_have_url(re.compile(r"/(admin/)?$"))
        for address, least in AREAS.items():
            is_open = RANKS.index(role) >= RANKS.index(least)
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == (200 if is_open else 403), f"{role} at {address}"
            if is_open:
                shown = page.locator("nav a").evaluate_all("links => links.map(a => a.pathname)")
                hidden = {a for a, at in AREAS.items() if RANKS.index(role) < RANKS.index(at)}
                assert not hidden & set(shown), f"{role} is shown {hidden & set(shown)}"


def test_a_stranger_is_asked_to_sign_in_and_led_on(
    blog: Blog, visitor: Visit, passwords: dict[str, str]
) -> None:
    page = visitor(locale="en-GB").page
    page.goto("/admin/comments?filter=spam")
    page.fill("[name=login]", "eve@example.com")
    page.fill("[name=password]", passwords["eve"])
    page.locator("main button").first.click()
    expect(page).to_have_url(re.compile(r"/admin/comments\?filter=spam$"))


def test_only_who_may_upload_is_offered_pictures(visitor: Visit, passwords: dict[str, str]) -> None:
    for username, buttons in {"carol": 0, "alice": 1}.items():
        page = visitor(locale="en-GB").page
        page.goto("/auth/login?next=/admin/posts/new")
        page.fill("[name=login]", username)
        page.fill("[name=password]", passwords[username])
        page.locator("main button").first.click()
        expect(page.locator(".cke_wysiwyg_div")).to_be_visible()
        expect(page.locator(".cke_button__table")).to_have_count(1)
        expect(page.locator(".cke_button__image")).to_have_count(buttons)
        expect(page.locator("[name=cover]")).to_have_count(buttons)
        drop_picture(page.locator(".cke_wysiwyg_div"))
        expect(page.locator(".cke_notification")).to_have_count(1)
        expect(page.locator(".cke_wysiwyg_div img")).to_have_count(buttons)
