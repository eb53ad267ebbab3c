"""Writing, publishing and finding a post with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from bluelog.extensions import db
from bluelog.queries.people import person_by_username
from bluelog.services import categories, library
from tests.conftest import NOW, make_app
from tests.e2e.conftest import Visit
from tests.e2e.hands import Hands
from tests.e2e.stage import Blog
from tests.pictures import keep, photograph

AREA = ".cke_wysiwyg_div"
PASSWORD = "a-lantern-by-the-window"
TITLE = "The harbour at night"


@pytest.fixture
def ready(blog: Blog) -> Blog:
    """A blog with a second category and a picture in its library."""
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    app = make_app(blog.log.parent, blog.environment["DATABASE_URL"])
    with app.app_context():
        ada = person_by_username("ada")
        assert ada
        picture = keep(photograph(640, 400), ada, "harbour.jpg")
        library.describe(picture.id, "Lights on the water", "From the quay", by=ada)
        categories.create("Travel", by=ada, at=NOW)
        db.session.rollback()
        db.engine.dispose()
    return blog


@pytest.fixture
def hands(ready: Blog, visitor: Visit) -> Hands:
    """Signed in, at the editor of a new post."""
    page = visitor(locale="en-GB").page
    page.goto("/auth/login")
    hands = Hands(page).arrives(page.get_by_label("Username or e-mail")).type("ada")
    hands.press("Tab").type(PASSWORD).leave()
    hands.to(page.get_by_role("link", name="New post").first).leave()
    return hands.arrives(page.locator("#title"))


def test_a_post_is_written_published_found_and_changed(hands: Hands) -> None:
    page = hands.page
    text = page.locator(AREA)
    expect(text).to_be_visible()
    hands.type(TITLE).to(text)
    head(hands)
    hands.type("The lamps were lit before the boats came in.")
    hands.press(*["Shift+Control+ArrowLeft"] * 4)
    link(hands)
    hands.press("Control+End", "Enter")
    choose_picture(hands)
    file_and_publish(hands)
    expect(page.locator("article h2")).to_have_text("At the quay")
    expect(page.locator("article a[href='https://example.org/boats']")).to_have_count(1)
    change_and_sign_out(hands, text)


def test_so_is_one_in_markdown(hands: Hands) -> None:
    page = hands.page
    hands.to(page.get_by_role("button", name="Change to Markdown")).leave()
    text = page.locator("#source")
    hands.to(page.locator("#title")).type(TITLE).to(text)
    hands.type("## At the quay\n\nThe [boats](https://example.org/boats) came in.\n\n")
    hands.to(page.get_by_role("button", name="Bold"), "Shift+Tab")
    hands.to(page.locator("[data-mark=library]"), "ArrowRight").press("Enter")
    pick(hands)
    hands.arrives(text)
    expect(text).to_have_value(re.compile("<figcaption>From the quay</figcaption></figure>"))
    file_and_publish(hands)
    expect(page.locator("article h2")).to_have_text("At the quay")
    change_and_sign_out(hands, text)


def head(hands: Hands) -> None:
    """Begin with a heading, by the toolbar, where Alt+F10 leads as CKEditor's help says."""
    page = hands.page
    hands.press("Alt+F10").until(lambda: "Formatting Styles" in here(page))
    hands.until(lambda: "Paragraph Format" in here(page), "ArrowRight").press("Enter")
    offered = page.frame_locator(".cke_panel iframe").locator("a:focus")
    while (name := offered.inner_text()) != "Heading 2":
        hands.press("ArrowDown")
        expect(offered).not_to_have_text(name)
    hands.press("Enter").arrives(page.locator(AREA))
    hands.type("At the quay").press("Enter")


def link(hands: Hands) -> None:
    """Make a link of what is selected."""
    # CKEditor looks five times a second what that is; nobody's fingers are quicker.
    hands.page.wait_for_timeout(300)
    dialog = hands.page.locator(".cke_dialog")
    hands.press("Control+k").arrives(dialog.get_by_role("textbox", name="URL"))
    hands.type("https://example.org/boats").press("Enter").arrives(hands.page.locator(AREA))


def choose_picture(hands: Hands) -> None:
    """Put the library's picture into the text by CKEditor's dialog."""
    page = hands.page
    hands.press("Alt+F10").until(lambda: "cke_button__image" in here(page)).press("Enter")
    choose = page.locator(".cke_dialog a", has_text="Choose from the library")
    hands.arrives(choose).press("Enter")
    pick(hands)
    hands.arrives(page.get_by_label("Alternative Text"))
    expect(page.get_by_label("Alternative Text")).to_have_value("Lights on the water")
    hands.press("Enter").arrives(page.locator(AREA))
    expect(page.locator(f"{AREA} img[alt='Lights on the water']")).to_have_count(1)


def pick(hands: Hands) -> None:
    """Look for the picture in the library and take it."""
    picker = hands.page.locator("#library-picker")
    hands.arrives(picker.get_by_role("searchbox")).type("water")
    expect(picker.locator("li")).to_have_count(1)
    hands.to(picker.locator("li button")).press("Enter")


def file_and_publish(hands: Hands) -> None:
    """Choose a category, write tags, and go back up to the button."""
    page = hands.page
    hands.to(page.locator("[name=category_id]")).press("t")
    assert page.locator("[name=category_id] option:checked").inner_text() == "Travel"
    hands.to(page.locator("[name=tags]")).type("Harbour, Night")
    publish = page.get_by_role("button", name="Publish", exact=True).first
    hands.to(publish, "Shift+Tab").leave()
    expect(page.locator("article h1")).to_have_text(TITLE)
    expect(page.locator("article figure img[alt='Lights on the water']")).to_have_count(1)
    expect(page.locator("article figcaption")).to_have_text("From the quay")
    expect(page.locator("a[rel=tag]")).to_have_text(["Harbour", "Night"])
    expect(page.get_by_role("link", name="Travel").first).to_be_visible()


def change_and_sign_out(hands: Hands, text: Locator) -> None:
    """Find the post in the dashboard, add a sentence, look at it, and go."""
    page = hands.page
    hands.to(page.get_by_role("link", name="Dashboard")).leave()
    hands.to(page.get_by_role("link", name="Posts", exact=True).first).leave()
    hands.press("Tab", "/").arrives(page.locator("main [type=search]")).type("harbour").leave()
    hands.to(page.locator("main").get_by_role("link", name=TITLE, exact=True)).leave()
    expect(text).to_be_visible()
    hands.to(text).press("Control+End").type(" And it was still.")
    hands.to(page.locator(".editor-acts button").last, "Shift+Tab").leave()
    expect(page.get_by_text("Your changes are saved.")).to_be_visible()
    expect(page.locator("article")).to_contain_text("And it was still.")
    hands.to(page.get_by_role("button", name="Sign out")).leave()
    page.goto("/admin/posts")
    expect(page).to_have_url(re.compile("/auth/login"))


def here(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 300)"))
