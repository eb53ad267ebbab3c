"""Markdown as writers and readers find it: marks, preview, conversion, both colour schemes."""

import base64
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.stage import PHONE, Blog
from tests.pictures import photograph

PASSWORD = "a-lantern-by-the-window"
TEXT = "#source"
PREVIEW = ".markdown-preview"
MARKDOWN = """## The sum

Let $x_1 < y^2$ be, for $5.[^why]

$$
\\frac{a}{b}
$$

## The count

```python
def count(x: int) -> str:
    return f"{x}"  # so many
```

| What | How many |
|------|---------:|
| Tea  | 2        |

- [x] Done

[^why]: Because.
"""


def sign_in(page: Page, to: str = "/admin/posts/new") -> None:
    page.goto(f"/auth/login?next={to}")
    page.fill("[name=login]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.locator("main button").first.click()


def change_format(page: Page, to: str) -> None:
    page.get_by_role("button", name=f"Change to {to}").click()


@pytest.fixture
def ready(blog: Blog) -> Blog:
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    return blog


@pytest.fixture
def writing(ready: Blog, visitor: Visit) -> Page:
    """A new post in Markdown."""
    page = visitor(locale="en-GB").page
    sign_in(page)
    change_format(page, "Markdown")
    expect(page.locator(".markdown-acts")).to_be_visible()
    return page


def axe(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]


def test_a_post_with_code_formula_footnote_and_table_in_both_themes(
    writing: Page, visitor: Visit
) -> None:
    writing.fill("[name=title]", "The count")
    writing.get_by_label("Formulas between dollar signs").check()
    writing.get_by_label("Table of contents").check()
    writing.fill(TEXT, MARKDOWN)
    frame = writing.frame_locator(PREVIEW)
    expect(frame.locator(".prose math")).to_have_count(2)
    expect(frame.locator(".prose .toc a")).to_have_count(2)
    assert axe(writing) == []
    shown = frame.locator(".prose").inner_html()
    writing.get_by_role("button", name="Publish", exact=True).first.click()
    expect(writing.locator("article h1")).to_have_text("The count")
    address = writing.url
    inks = {}
    for scheme in ("light", "dark"):
        for size in ({"width": 1280, "height": 900}, PHONE):
            reader = visitor(color_scheme=scheme, viewport=size, java_script_enabled=False).page
            reader.goto(address)
            assert reader.locator(".prose").inner_html() == shown
            wide = reader.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0
            expect(reader.locator(".prose td").last).to_have_text("2")
            ink = "node => getComputedStyle(node).color"
            inks[scheme] = reader.locator("pre .k").first.evaluate(ink)
            reader.get_by_role("link", name="1", exact=True).click()
            expect(reader.locator("#fn-1")).to_be_in_viewport()
            reader.get_by_role("link", name="Back to the text").click()
            expect(reader.locator("#fnref-1")).to_be_in_viewport()
        watched = visitor(color_scheme=scheme).page
        watched.goto(address)
        assert axe(watched) == []
    assert inks["light"] != inks["dark"]


def test_marks_by_button_and_key_can_be_undone(writing: Page) -> None:
    text = writing.locator(TEXT)
    text.fill("one two")
    text.press("ControlOrMeta+A")
    text.press("ControlOrMeta+B")
    expect(text).to_have_value("**one two**")
    text.press("ControlOrMeta+B")
    text.press("ControlOrMeta+Z")
    text.press("ControlOrMeta+Z")
    expect(text).to_have_value("one two")
    text.press("ControlOrMeta+A")
    writing.get_by_role("button", name="List", exact=True).click()
    expect(text).to_have_value("- one two")
    text.press("End")
    text.press("Enter")
    text.press_sequentially("three")
    text.press("Enter")
    text.press("Enter")
    text.press_sequentially("four")
    expect(text).to_have_value("- one two\n- three\nfour")
    writing.get_by_role("button", name="Footnote").click()
    expect(text).to_have_value("- one two\n- three\nfour[^1]\n\n[^1]: \n")


def test_the_toolbar_is_one_stop_for_the_tab_key(writing: Page) -> None:
    writing.get_by_role("button", name="Bold").focus()
    writing.keyboard.press("ArrowRight")
    expect(writing.get_by_role("button", name="Italic")).to_be_focused()
    writing.keyboard.press("Tab")
    expect(writing.get_by_role("button", name="Write", exact=True)).to_be_focused()
    writing.keyboard.press("Tab")
    writing.keyboard.press("Tab")
    writing.keyboard.press("Tab")
    expect(writing.locator(TEXT)).to_be_focused()


def paste(writing: Page, *pictures: bytes) -> None:
    writing.locator(TEXT).focus()
    writing.locator(TEXT).evaluate(
        """(area, pictures) => {
            const files = new DataTransfer();
            for (const data of pictures) {
                const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
                files.items.add(new File([bytes], "IMG_2034.jpg", {type: "image/jpeg"}));
            }
            area.dispatchEvent(new ClipboardEvent("paste", {clipboardData: files, bubbles: true,
                cancelable: true}));
        }""",
        [base64.b64encode(picture).decode() for picture in pictures],
    )


def test_a_picture_is_pasted_into_markdown(writing: Page) -> None:
    """What it shows is the writer's to say, and the check asks for it where nobody did."""
    writing.fill("[name=title]", "A light")
    paste(writing, photograph(640, 400))
    expect(writing.locator(TEXT)).to_have_value(re.compile(r"^!\[\]\(/uploads/\S+\)$"))
    expect(writing.frame_locator(PREVIEW).locator("img[alt='']")).to_have_count(1)
    writing.fill(TEXT, "The light")
    writing.locator(TEXT).select_text()
    paste(writing, photograph(640, 400))
    expect(writing.locator(TEXT)).to_have_value(re.compile(r"^!\[The light\]\(/uploads/\S+\)$"))


def test_a_post_that_is_saved_at_once_has_every_picture_that_was_pasted(writing: Page) -> None:
    writing.fill("[name=title]", "Three lights")
    paste(writing, *(photograph(640 + n, 400) for n in range(3)))
    writing.get_by_role("button", name="Save draft").click()
    writing.wait_for_url("**/edit")
    pictures = re.findall(r"!\[\]\((/uploads/\S+)\)", writing.locator(TEXT).input_value())
    assert len(set(pictures)) == 3


def test_a_format_is_changed_there_and_back_and_nothing_is_saved(writing: Page) -> None:
    writing.fill("[name=title]", "The count")
    writing.fill(TEXT, "A **bold** word.\n\n- one\n- two")
    change_format(writing, "rich text")
    expect(writing.get_by_role("heading", name="Nothing is saved yet")).to_be_visible()
    expect(writing.locator(".cke_wysiwyg_div strong")).to_have_text("bold")
    expect(writing.locator("[name=title]")).to_have_value("The count")
    change_format(writing, "Markdown")
    expect(writing.locator(TEXT)).to_have_value("A **bold** word.\n\n- one\n- two\n")
    expect(writing.locator(".state")).to_have_text("Not saved yet")


def test_on_a_phone_the_preview_is_a_view_of_its_own(ready: Blog, visitor: Visit) -> None:
    page = visitor(viewport=PHONE, locale="en-GB").page
    sign_in(page)
    change_format(page, "Markdown")
    page.fill(TEXT, "## Heading")
    expect(page.locator(PREVIEW)).to_be_hidden()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator(TEXT)).to_be_hidden()
    expect(page.frame_locator(PREVIEW).locator("h2")).to_have_text("Heading")
    assert axe(page) == []
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.locator(TEXT)).to_be_visible()


def test_without_scripts_markdown_is_a_plain_field(ready: Blog, visitor: Visit) -> None:
    page = visitor(java_script_enabled=False, locale="en-GB").page
    sign_in(page)
    change_format(page, "Markdown")
    page.fill("[name=title]", "Plain")
    page.fill(TEXT, "A *plain* field.")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview", exact=True).click()
    expect(opened.value.locator(".prose em")).to_have_text("plain")
    page.get_by_role("button", name="Publish", exact=True).first.click()
    expect(page.locator(".prose em")).to_have_text("plain")


def test_a_video_asks_nobody_until_it_is_wanted(writing: Page, visitor: Visit) -> None:
    writing.fill("[name=title]", "Film")
    writing.fill(TEXT, "Look:\n\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ")
    writing.get_by_role("button", name="Publish", exact=True).first.click()
    expect(writing.locator("a[data-embed]")).to_have_text("Video on YouTube")
    reader = visitor(locale="en-GB")
    answer: dict[str, Any] = {"body": "<title>Player</title>", "content_type": "text/html"}
    reader.page.route("https://**", lambda route: route.fulfill(**answer))
    reader.page.goto(writing.url)
    reader.page.wait_for_load_state("networkidle")
    assert reader.complaints == []
    assert axe(reader.page) == []
    reader.page.get_by_role("button", name="Play here, from YouTube").press("Enter")
    player = reader.page.locator("iframe")
    expect(player).to_have_attribute("src", re.compile("^https://www.youtube-nocookie.com/embed/"))
    expect(player).to_be_focused()
    asked = [
        told for told in reader.complaints if not told.startswith("asked https://www.youtube-")
    ]
    assert asked == []
    assert reader.complaints
    reader.complaints.clear()
