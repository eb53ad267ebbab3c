"""The editor as a writer finds it: pictures dropped and picked, and code."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.stage import Blog, drop_picture
from tests.pictures import photograph

AREA = ".cke_wysiwyg_div"
PASSWORD = "a-lantern-by-the-window"


@pytest.fixture
def writing(blog: Blog, visitor: Visit) -> Page:
    """A new post with its editor ready."""
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    page = visitor(locale="en-GB").page
    page.goto("/auth/login?next=/admin/posts/new")
    page.fill("[name=login]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").first.click()
    expect(page.locator(AREA)).to_be_visible()
    return page


def test_a_picture_is_dropped_into_the_text(writing: Page) -> None:
    drop_picture(writing.locator(AREA))
    expect(writing.locator(f"{AREA} img[src^='/uploads/']")).to_have_count(1)


def test_a_picture_is_picked_in_the_dialog_and_code_is_put_in(writing: Page) -> None:
    writing.fill("[name=title]", "Light and code")
    writing.locator(AREA).click()
    writing.locator(".cke_button__image").click()
    writing.locator(".cke_dialog_tab", has_text="Upload").click()
    picture = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photograph(640, 400)}
    writing.set_input_files(".cke_dialog_body input[type=file]", picture)
    expect(writing.get_by_label("URL").first).to_have_value(re.compile("^/uploads/"))
    writing.get_by_label("Alternative Text").fill("A light")
    writing.locator(".cke_dialog_ui_button_ok").click()
    expect(writing.locator(f"{AREA} img[alt='A light']")).to_have_count(1)
    writing.keyboard.press("End")
    writing.locator(".cke_button__codesnippet").click()
    writing.locator(".cke_dialog_body textarea").last.fill("print('<light>')")
    writing.locator(".cke_dialog_ui_button_ok").last.click()
    writing.get_by_role("button", name="Publish", exact=True).first.click()
    expect(writing.locator("article h1")).to_have_text("Light and code")
    expect(writing.locator("article img[alt='A light']")).to_have_count(1)
    expect(writing.locator("article pre code")).to_have_text("print('<light>')")


def test_known_tags_are_offered_and_taken_by_keyboard_alone(writing: Page) -> None:
    tags = writing.get_by_role("combobox", name="Tags")
    tags.fill("Harbour lights, 夜航")
    publish(writing, "The first")
    expect(writing.locator("a[rel=tag]")).to_have_text(["Harbour lights", "夜航"])
    writing.goto("/admin/posts/new")
    tags = writing.get_by_role("combobox", name="Tags")
    offered = writing.locator("#offered-tags").get_by_role("option")
    tags.focus()
    keys = writing.keyboard
    keys.type("new, #har")
    expect(offered).to_have_text(["Harbour lights"])
    keys.press("Escape")
    expect(offered).to_have_count(0)
    keys.type("b")
    keys.press("ArrowDown")
    expect(tags).to_have_attribute("aria-activedescendant", "known-tag-0")
    keys.press("Enter")
    expect(tags).to_have_value("new, Harbour lights, ")
    # The end of a word is no wish to send the form.
    keys.press("Enter")
    keys.type("夜")
    keys.press("ArrowUp")
    keys.press("Tab")
    expect(tags).to_have_value("new, Harbour lights, 夜航, ")
    expect(writing).to_have_url(re.compile("/admin/posts/new$"))
    publish(writing, "The second")
    expect(writing.locator("a[rel=tag]")).to_have_text(["new", "Harbour lights", "夜航"])


def publish(writing: Page, title: str) -> None:
    writing.fill("[name=title]", title)
    writing.locator(AREA).click()
    writing.keyboard.type("Words.")
    writing.get_by_role("button", name="Publish", exact=True).first.click()
    expect(writing.locator("article h1")).to_have_text(title)


def test_a_page_under_another_one_is_left_out_of_the_menu_unless_it_is_wanted(
    writing: Page,
) -> None:
    for title, is_wanted in (("A shed", False), ("A well", True)):
        writing.goto("/admin/posts/new?kind=page")
        menu = writing.get_by_label("Show in the menu")
        expect(menu).to_be_checked()
        writing.get_by_label("Parent page").select_option(label="About")
        expect(menu).not_to_be_checked()
        menu.set_checked(is_wanted)
        publish(writing, title)
    entries = writing.get_by_role("navigation", name="Menu").first.get_by_role("link")
    expect(entries.filter(has_text="A well")).to_have_count(1)
    expect(entries.filter(has_text="A shed")).to_have_count(0)
