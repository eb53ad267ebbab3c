"""Posts in Markdown and rich text: written, converted, previewed, read."""

from typing import Any

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import Category, Post
from bluelog.services.rendering import LONGEST_MARKDOWN
from tests.browsing import browser, post

MARKDOWN = """## One

Let $x_1$ be, for $5.[^1]

## Two

```python
print("x")
```

| a | b |
|---|--:|
| 1 | 2 |

[^1]: A note.
"""
VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def form(site: Flask, source: str = MARKDOWN, **more: Any) -> dict[str, Any]:
    with site.app_context():
        category = db.session.scalars(db.select(Category).where(Category.is_default)).one()
        filled = {"title": "The ferry", "source": source, "source_format": "markdown"}
        filled |= {"language": "en", "category_id": category.id, "comments_open": "y"}
        return filled | {"submission_id": "a" * 20} | more


def publish(site: Flask, **more: Any) -> str:
    answer = post(browser(site, "alice"), "/admin/posts/new/publication", form(site, **more))
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def only_post(site: Flask) -> Post:
    with site.app_context():
        made = db.session.scalars(db.select(Post).where(Post.kind == "post")).one()
        db.session.expunge(made)
    return made


def text_of(page: str, selector: str = "#source") -> str:
    node = LexborHTMLParser(page).css_first(selector)
    assert node is not None
    return node.text()


def test_a_post_in_markdown_is_read_as_html(site: Flask) -> None:
    path = publish(site, with_contents="y", with_formulas="y")
    page = browser(site).get(path).text
    for part in (
        '<nav class="toc"',
        "<math ",
        'href="#fn-1"',
        "for $5.",
        "<table>",
        '<span class="',
    ):
        assert part in page
    assert "/css/extras." in page
    assert "embeds" not in page
    made = only_post(site)
    assert (made.source_format, made.with_contents, made.with_formulas) == ("markdown", True, True)
    assert made.source.replace("\r\n", "\n") == MARKDOWN
    assert made.plain.startswith("One\nLet x_1 be, for $5.\nTwo")


def test_contents_and_formulas_are_for_posts_that_ask(site: Flask) -> None:
    page = browser(site).get(publish(site)).text
    assert "<nav class=" not in LexborHTMLParser(page).css_first(".prose").html
    assert "$x_1$" in page


def test_a_post_without_any_of_it_loads_nothing_more(site: Flask) -> None:
    answer = browser(site).get(publish(site, source="*Plain* words."))
    assert "extras" not in answer.text
    assert "embeds" not in answer.text
    assert "frame-src" not in answer.headers["Content-Security-Policy"]


def test_frames_are_let_in_where_a_post_has_a_video_and_nowhere_else(site: Flask) -> None:
    path = publish(site, source=f"Look:\n\n{VIDEO}")
    for _ in range(2):  # the second time from the cache
        answer = browser(site).get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-src https://www.youtube-nocookie.com;" in f"{policy};"
        assert "/js/embeds." in answer.text
        assert "<iframe" not in answer.text
    card = LexborHTMLParser(answer.text).css_first("a[data-embed]")
    assert card is not None
    assert card.attributes["href"] == VIDEO
    for other in ("/", "/about", "/links"):
        policy = browser(site).get(other).headers["Content-Security-Policy"]
        assert "frame-src" not in policy


def test_saving_without_a_format_keeps_the_one_there_is(site: Flask) -> None:
    publish(site)
    made = only_post(site)
    changed = form(site, title="Renamed", version=made.version)
    del changed["source_format"]
    answer = post(browser(site, "alice"), f"/admin/posts/{made.id}/edit", changed)
    assert answer.status_code == 303
    assert only_post(site).source_format == "markdown"
    assert "<h2" in only_post(site).html


def test_an_unknown_format_is_refused_with_what_was_typed(site: Flask) -> None:
    answer = post(browser(site, "alice"), "/admin/posts/new", form(site, source_format="rst"))
    assert answer.status_code == 422
    assert text_of(answer.text).strip() == MARKDOWN.strip()


def test_markdown_beyond_bounds_is_refused_with_what_was_typed(site: Flask) -> None:
    long = "word " * (LONGEST_MARKDOWN // 5 + 1)
    client = browser(site, "alice")
    answer = post(client, "/admin/posts/new", form(site, source=long))
    assert answer.status_code == 422
    assert "300000" in answer.text.replace(",", "")
    assert text_of(answer.text).strip() == long.strip()
    assert post(client, "/admin/posts/preview", form(site, source=long)).status_code == 422
    assert post(client, "/admin/posts/new/conversion", form(site, source=long)).status_code == 422


def test_the_same_form_in_another_format_is_another_text(site: Flask) -> None:
    client = browser(site, "alice")
    assert post(client, "/admin/posts/new", form(site)).status_code == 303
    assert post(client, "/admin/posts/new", form(site)).status_code == 303
    assert post(client, "/admin/posts/new", form(site, source_format="html")).status_code == 409


def test_a_new_post_begins_in_the_format_of_the_last_one(site: Flask) -> None:
    alice, bob = browser(site, "alice"), browser(site, "bob")
    assert "data-editor" in alice.get("/admin/posts/new").text
    publish(site)
    assert "data-markdown" in alice.get("/admin/posts/new").text
    assert "data-editor" in bob.get("/admin/posts/new").text


def test_a_text_is_converted_and_nothing_is_saved(site: Flask) -> None:
    publish(site)
    before = only_post(site)
    client, path = browser(site, "alice"), f"/admin/posts/{before.id}/conversion"
    typed = form(
        site, source="A **new** text.", title="Typed", slug="typed", version=before.version
    )
    page = post(client, path, typed)
    assert page.status_code == 200
    assert text_of(page.text).strip() == "<p>A <strong>new</strong> text.</p>"
    assert "data-editor" in page.text
    assert "data-unsaved" in page.text
    assert text_of(page.text, "#title").strip() == "Typed"
    assert "converted-title" in page.text
    back = post(client, path, typed | {"source": text_of(page.text), "source_format": "html"})
    assert text_of(back.text).strip() == "A **new** text."
    after = only_post(site)
    assert (after.version, after.source, after.title) == (
        before.version,
        before.source,
        "The ferry",
    )


def test_what_a_conversion_cannot_keep_is_named(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bluelog.text.convert.html_to_markdown", lambda _html: "gone")
    typed = form(site, source="<p>a</p><table><tr><td>1</table>", source_format="html")
    page = post(browser(site, "alice"), "/admin/posts/new/conversion", typed).text
    assert "Look at these: tables, words." in page


def test_an_empty_text_changes_its_format_without_a_warning(site: Flask) -> None:
    client = browser(site, "alice")
    page = post(client, "/admin/posts/new/conversion", form(site, source="", source_format="html"))
    assert page.status_code == 200
    assert "data-markdown" in page.text
    assert "converted-title" not in page.text


def test_the_preview_is_what_readers_will_see(site: Flask) -> None:
    options = {"with_contents": "y", "with_formulas": "y"}
    answer = post(browser(site, "alice"), "/admin/posts/preview", form(site, **options))
    assert answer.status_code == 200
    assert "<script" not in answer.text
    public = browser(site).get(publish(site, **options)).text
    shown, read = (
        LexborHTMLParser(page).css_first(".prose").inner_html for page in (answer.text, public)
    )
    assert shown == read
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_preview_of_next_to_nothing_is_one(site: Flask) -> None:
    answer = post(browser(site, "alice"), "/admin/posts/preview", {"source_format": "nonsense"})
    assert answer.status_code == 200
