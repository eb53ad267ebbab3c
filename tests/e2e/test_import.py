"""A database of the original, imported, browsed, commented on and moderated."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.stage import ROOT, Blog

ORIGINAL: Path = ROOT.parent / "shared" / "data" / "bluelog" / "data-dev.db"

pytestmark = pytest.mark.skipif(
    not ORIGINAL.exists(), reason=f"the original's database is not at {ORIGINAL}"
)


def test_the_originals_blog_lives_on(blog: Blog, visitor: Visit) -> None:
    printed = blog.flask("import", "bluelog", str(ORIGINAL), "--yes")
    assert re.search(r"Posts\s+50\b", printed)
    assert re.search(r"Comments\s+650\b", printed)
    again = blog.flask("import", "bluelog", str(ORIGINAL), "--yes")
    assert re.search(r"Posts\s+0\s+50\b", again)

    reader = visitor(locale="en-GB").page
    reader.goto("/post/1")
    expect(reader).not_to_have_url(re.compile(r"/post/1$"))
    title = reader.locator("article h1").inner_text()
    reader.goto("/category/2")
    expect(reader.locator("h1")).to_be_visible()
    reader.goto("/")
    older = reader.locator("a[rel=next]")
    pages = 1
    while older.count():
        older.first.click()
        pages += 1
    assert pages == 5

    reader.goto("/post/1")
    reader.fill("[name=body]", "Still here after all these years.")
    reader.fill("[name=author]", "Greta")
    reader.fill("[name=email]", "greta@example.com")
    reader.locator("#write button[type=submit]").click()
    expect(reader.locator(".notice")).to_be_visible()

    admin = visitor(locale="en-GB").page
    admin.goto("/auth/login")
    admin.fill("[name=login]", "admin")
    admin.fill("[name=password]", "helloflask")
    admin.locator("main button").first.click()
    expect(admin).to_have_url(re.compile(r"/admin/$"))
    admin.goto("/admin/comments?filter=pending")
    row = admin.locator("[data-row]", has_text="Still here after all these years.")
    expect(row).to_contain_text(title)
    row.locator("form[action$='/comments/approval'] button").click()
    expect(admin.get_by_role("status").first).to_be_visible()

    reader.goto("/post/1?before=end")
    expect(reader.locator("#comments")).to_contain_text("Still here after all these years.")
