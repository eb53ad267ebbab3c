"""Nothing typed is lost: not by the network, the session, the tab or the server, nor by another."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, Response, Route, expect

from bluelog.extensions import db
from bluelog.queries.people import person_by_username
from bluelog.services import posts
from tests.conftest import NOW, make_app, person
from tests.conftest import PASSWORD as EVES_PASSWORD
from tests.databases import Databases
from tests.e2e.stage import Blog, visit

AREA = ".cke_wysiwyg_div"
PASSWORD = "a-lantern-by-the-window"
TEXT = "<p>The ferry leaves at nine o'clock sharp.</p><p>It is blue.</p><p>The end.</p>"
KEPT, OFFLINE = "Kept, not saved yet", "Offline, kept here"


@pytest.fixture
def post_id(blog: Blog, databases: Databases) -> Iterator[int]:
    """A post of Ada's on a blog that has Eve as its editor."""
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    url = blog.environment["DATABASE_URL"]
    app: Flask = make_app(blog.log.parent, url)
    with app.app_context():
        db.session.add(person("eve", "editor"))
        db.session.commit()
        ada = person_by_username("ada")
        content = posts.Content("The ferry", TEXT, "en")
        made = posts.create(content, by=ada, at=NOW).id
        db.session.rollback()
        yield made
        db.engine.dispose()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    page.locator("main button").first.click()
    page.wait_for_url(re.compile("/admin/"))


def opened(browser: Browser, blog: Blog, name: str, path: str, password: str = PASSWORD) -> Page:
    """An editor; who loses the network has complaints, so nobody watches for them."""
    page = visit(browser, blog, locale="en-GB").page
    page.goto(f"/auth/login?next={path}")
    sign_in(page, name, password)
    expect(page.locator(AREA)).to_be_visible()
    return page


def write(page: Page, words: str, paragraph: int = 0) -> None:
    page.locator(f"{AREA} p").nth(paragraph).click()
    page.keyboard.press("Home")
    page.keyboard.type(words)


def holds(answer: Response, words: str) -> bool:
    """Whether the server has kept these words."""
    return answer.ok and words in (answer.request.post_data or "")


def test_network_session_and_tab_are_lost_and_no_word_is(
    browser: Browser, blog: Blog, post_id: int
) -> None:
    path = f"/admin/posts/{post_id}/edit"
    page = opened(browser, blog, "ada", path)
    context = page.context
    state = page.locator(".state")
    write(page, "Kept by the server. ")
    expect(state).to_have_text(KEPT)
    expect(page.locator(".ago")).to_have_text(re.compile("ago|now"))

    context.set_offline(True)
    write(page, "Typed without a network. ")
    expect(state).to_have_text(OFFLINE)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(AREA)).to_contain_text("Typed without a network.")
    context.set_offline(False)
    expect(state).to_have_text(KEPT)

    context.clear_cookies()
    write(page, "Typed without a session. ")
    expect(state).to_have_text("Your session has ended; kept here.")
    with context.expect_page() as new_tab:
        page.get_by_role("link", name="Sign in again").click()
    sign_in(new_tab.value, "ada")
    new_tab.value.close()
    page.bring_to_front()
    expect(state).to_have_text(KEPT, timeout=30_000)

    context.set_offline(True)
    write(page, "And the tab was closed. ")
    expect(state).to_have_text(OFFLINE)
    page.close(run_before_unload=False)
    context.set_offline(False)

    back = context.new_page()
    back.goto(path)
    offer = back.locator(".offer")
    expect(offer).to_have_count(1)
    expect(offer).to_contain_text("kept in this browser")
    offer.get_by_role("link", name="Take it up").click()
    words = "And the tab was closed. Typed without a session. Typed without a network. Kept by"
    expect(back.locator(AREA)).to_contain_text(words)
    back.get_by_role("button", name="Save", exact=True).click()
    expect(back.get_by_text("Your changes are saved.")).to_be_visible()
    expect(back.locator(AREA)).to_contain_text(words)
    expect(back.locator(".offer")).to_have_count(0)
    context.close()


def test_the_server_is_killed_in_the_middle_and_no_word_is_lost(
    browser: Browser, blog: Blog, post_id: int
) -> None:
    path = f"/admin/posts/{post_id}/edit"
    page = opened(browser, blog, "ada", path)
    state = page.locator(".state")
    write(page, "Before the server went. ")
    expect(state).to_have_text(KEPT)
    write(page, "While ")
    blog.stop("server", at_once=True)
    page.keyboard.type("it was away. ")
    expect(state).to_have_text(OFFLINE, timeout=30_000)

    blog.start("server")
    expect(state).to_have_text(KEPT, timeout=60_000)
    with page.expect_response(lambda answer: holds(answer, "After it came back"), timeout=60_000):
        page.keyboard.type("After it came back. ")
    words = "While it was away. After it came back. Before the server went. The ferry"
    page.close(run_before_unload=False)

    back = visit(browser, blog, locale="en-GB").page  # what one browser stored does not help it
    back.goto(f"/auth/login?next={path}")
    sign_in(back, "ada")
    offer = back.locator(".offer")
    expect(offer).to_have_count(1)
    expect(offer).to_contain_text(re.compile(r"was not saved, of .*\d:\d\d"))
    offer.get_by_role("link", name="Take it up").click()
    expect(back.locator(AREA)).to_contain_text(words)
    back.get_by_role("button", name="Save", exact=True).click()
    expect(back.get_by_text("Your changes are saved.")).to_be_visible()
    expect(back.locator(AREA)).to_contain_text(words)
    page.context.close()
    back.context.close()


def test_a_new_post_is_offered_after_its_tab_was_closed(
    browser: Browser, blog: Blog, post_id: int
) -> None:
    page = opened(browser, blog, "ada", "/admin/posts/new")
    page.locator(AREA).click()
    page.keyboard.type("Only words, and no title.")
    expect(page.locator(".state")).to_have_text(KEPT)
    page.close(run_before_unload=False)
    back = visit(browser, blog, locale="en-GB").page  # another browser, where nothing is stored
    back.goto("/auth/login?next=/admin/posts/new")
    sign_in(back, "ada")
    back.get_by_role("link", name="Take it up").click()
    expect(back.locator(AREA)).to_have_text("Only words, and no title.")
    page.context.close()
    back.context.close()


def test_words_typed_before_the_scripts_came_are_kept(browser: Browser, blog: Blog) -> None:
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    path = "/admin/posts/new"
    page = opened(browser, blog, "ada", path)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/js/dashboard\b"), hold)
    page.goto(path, wait_until="commit")
    page.fill("#title", "On a slow train")
    expect(page.locator(".state")).not_to_have_text(KEPT)
    assert held
    for late in held:
        late.continue_()
    expect(page.locator(".state")).to_have_text(KEPT)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("window.location.assign('/admin/posts')")
    expect(page.locator("#title")).to_have_value("On a slow train")
    assert asked == ["beforeunload"]
    page.context.close()


def test_two_authors_edit_one_post(browser: Browser, blog: Blog, post_id: int) -> None:

    path = f"/admin/posts/{post_id}/edit"
    ada = opened(browser, blog, "ada", path)
    eve = opened(browser, blog, "eve", path, EVES_PASSWORD)
    expect(eve.locator("[data-others]")).to_contain_text("ada is editing this as well")
    write(eve, "Eve begins. ")
    eve.get_by_role("button", name="Save", exact=True).click()
    expect(eve.get_by_text("Your changes are saved.")).to_be_visible()

    write(ada, "Ada ends. ", 2)
    expect(ada.locator("[data-others]")).to_contain_text("saved by somebody else")
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.get_by_text("Eve had saved this meanwhile")).to_be_visible()
    for words in ("Eve begins. The ferry", "Ada ends. The end."):
        expect(ada.locator(AREA)).to_contain_text(words)

    eve.reload()
    write(eve, "Eve again. ", 1)
    write(ada, "Ada again. ", 1)
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada.get_by_text("Your changes are saved.")).to_be_visible()
    eve.get_by_role("button", name="Save", exact=True).click()
    conflict = eve.locator(".conflict")
    expect(conflict).to_contain_text("You and somebody else changed the same place")
    expect(conflict.locator("td").first).to_have_text("Eve again. It is blue.")
    expect(conflict.locator("td").last).to_have_text("Ada again. It is blue.")
    assert Axe().run(eve, context={"exclude": [".cke"]}).response["violations"] == []
    expect(eve.locator(AREA)).to_contain_text("Eve again. It is blue.")
    eve.get_by_role("button", name="Save", exact=True).click()
    eve.get_by_role("link", name="Revisions").click()
    eve.locator("tbody tr").nth(1).locator("a").click()
    expect(eve.locator(".difference ins").first).to_contain_text("Ada again.")
    ada.context.close()
    eve.context.close()


def test_words_stay_with_who_may_no_longer_edit(browser: Browser, blog: Blog, post_id: int) -> None:
    assert post_id
    db.session.add(person("carol", "contributor"))
    db.session.commit()
    content = posts.Content("Mine", TEXT, "en")
    carol, eve = (person_by_username(name) for name in ("carol", "eve"))
    made = posts.create_submitted(content, by=carol, at=NOW).id
    page = opened(browser, blog, "carol", f"/admin/posts/{made}/edit", EVES_PASSWORD)
    write(page, "Kept by the server. ")
    expect(page.locator(".state")).to_have_text(KEPT)

    posts.publish(made, content, version=1, by=eve, at=NOW)
    db.session.rollback()
    write(page, "Typed too late. ")
    closed = "You may no longer edit this; kept here."
    expect(page.locator(".state")).to_have_text(closed)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".state")).to_have_text(closed)
    expect(page.locator(AREA)).to_contain_text("Typed too late.")

    back = page.context.new_page()
    page.close(run_before_unload=False)
    back.goto("/admin/posts/new")
    box = back.locator(".stranded")
    expect(box.locator("textarea")).to_have_value(re.compile("Typed too late"))
    assert Axe().run(back, context={"exclude": [".cke"]}).response["violations"] == []
    box.get_by_role("button", name="Drop it").click()
    back.locator("#ask [data-yes]").click()
    expect(box).to_have_count(0)
    back.reload()
    expect(back.locator(AREA)).to_be_visible()
    expect(box).to_have_count(0)

    back.goto("/admin/posts")
    back.get_by_role("link", name="Mine").click()
    expect(back.get_by_role("group", name="Text")).to_contain_text("Kept by the server")
    back.context.close()
