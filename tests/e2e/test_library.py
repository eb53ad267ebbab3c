"""The media library as a writer finds it: added, described, chosen, and kept while in use."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.stage import Blog
from tests.pictures import photograph

AREA = ".cke_wysiwyg_div"
PASSWORD = "a-lantern-by-the-window"


@pytest.fixture
def library(blog: Blog, visitor: Visit) -> Page:
    """The library of a new blog with three pictures."""
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    page = visitor(locale="en-GB").page
    page.goto("/auth/login?next=/admin/uploads")
    page.fill("[name=login]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").first.click()
    names = ("harbour.jpg", "hill.jpg", "night.jpg")
    files = [
        {
            "name": name,
            "mimeType": "image/jpeg",
            "buffer": photograph(640, 400 + seed, seed=seed),
        }
        for seed, name in enumerate(names)
    ]
    page.set_input_files("#upload", files)
    page.get_by_role("button", name="Add pictures").click()
    expect(page.locator(".library li")).to_have_count(3)
    return page


def test_a_picture_is_chosen_by_keyboard_for_text_and_cover(library: Page) -> None:
    page = library
    page.get_by_text("hill.jpg").click()
    page.fill("[name=alt]", "Green hills")
    page.fill("[name=caption]", "Above the town")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("saved")
    page.goto("/admin/posts/new")
    page.fill("[name=title]", "Hills")
    page.locator(AREA).click()
    page.locator(".cke_button__image").click()
    # The dialog takes the focus a moment after it shows.
    expect(page.locator(".cke_dialog :focus")).to_have_count(1)
    page.locator("a.cke_dialog_ui_button", has_text="Choose from the library").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("green")
    expect(page.locator("#library-picker li")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Alternative Text")).to_have_value("Green hills")
    expect(page.get_by_label("Caption")).to_have_value("Above the town")
    page.locator(".cke_dialog_ui_button_ok").click()
    expect(page.locator(f"{AREA} figure figcaption")).to_have_text("Above the town")
    page.get_by_role("button", name="Choose from the library").last.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("night")
    expect(page.locator("#library-picker li")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("img.cover")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).first.click()
    expect(page.locator("article h1")).to_have_text("Hills")
    expect(page.locator("article figcaption")).to_have_text("Above the town")
    expect(page.locator("article figure picture img[alt='Green hills']")).to_be_visible()
    expect(page.locator("article .cover img")).to_be_visible()
    # What is offered is shown, whether or not the worker made it yet.
    shown = page.evaluate(
        "[...document.querySelectorAll('article img')].map(i => [i.naturalWidth > 0, i.currentSrc])"
    )
    assert all(is_there and re.search(r"-\d+\.avif$", source) for is_there, source in shown)


def test_what_is_unused_goes_to_the_trash_and_comes_back(library: Page) -> None:
    page = library
    page.get_by_text("night.jpg").click()
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.locator(".library li")).to_have_count(2)
    # The list stands there before the keys do, which come with the scripts.
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator(".library li")).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("harb")
    page.keyboard.press("Enter")
    expect(page.locator(".library li")).to_have_count(1)
