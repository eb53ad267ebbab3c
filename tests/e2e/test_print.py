"""What comes out of a printer: the words, black on white, and where they are to be found."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.queries.people import person_by_username
from bluelog.services import comments, posts
from bluelog.services.comments import Words
from bluelog.services.content import Content
from tests.conftest import make_app
from tests.e2e.conftest import Visit
from tests.e2e.stage import DESK, Blog

PASSWORD = "a-lantern-by-the-window"
SOURCE = """
See [the harbour](https://harbour.example.org/tide?of=today), [above](#h-notes) and a note[^1].

## Notes

| One | Two | Three | Four | Five | Six |
|---|---|---|---|---|---|
| a | b | c | d | e | https://example.org/ADDRESS |

```python
x = "LINE"
```

<details><summary>More</summary><p>Folded away.</p></details>

[^1]: The note itself.
""".replace("ADDRESS", "a" * 150).replace("LINE", "line " * 60)
SHOWN = """selector => [...document.querySelectorAll(selector)]
    .filter(node => node.checkVisibility()).map(node => node.outerHTML.slice(0, 90))"""
# Everything with words of its own that is neither black on the way to grey, nor on white.
COLOURED = """() => [...document.querySelectorAll("body *")]
    .filter(node => node.checkVisibility() && [...node.childNodes].some(
        child => child.nodeType === Node.TEXT_NODE && child.data.trim()))
    .map(node => [node.outerHTML.slice(0, 90), getComputedStyle(node)])
    .filter(([_, style]) => !["rgb(0, 0, 0)", "rgb(51, 51, 51)"].includes(style.color)
        || !["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(style.backgroundColor))
    .map(([html, style]) => [html, style.color, style.backgroundColor])"""
FURNITURE = "nav, form, button, input, .share, .shelf, .colophon, .skip, .avatar"
AFTER = "node => getComputedStyle(node, '::after').content"
A4 = {"width": 643, "height": 971}


@pytest.fixture
def told(blog: Blog, tmp_path: Path) -> Blog:
    """A blog with a post that has everything, and with others around it."""
    blog.flask("init", "--username", "ada", "--password", PASSWORD)
    app = make_app(tmp_path, blog.environment["DATABASE_URL"])
    with app.app_context():
        for title in ("Before", "To be printed", "After"):
            ada = person_by_username("ada")
            assert ada is not None
            content = Content(title, SOURCE, "en", source_format="markdown", tags=("Lamps",))
            post_id = posts.create_published(content, by=ada, at=now()).id
            words = Words(post_id, "Printed as well.", title)
            comments.submit(words, by=ada, address="203.0.113.5", at=now())
        db.engine.dispose()
    return blog


def printed(page: Page, path: str) -> Page:
    page.goto(path)
    page.emulate_media(media="print")
    page.set_viewport_size(A4)  # type: ignore[arg-type]
    return page


def test_words_alone_are_printed_black_on_white(told: Blog, visitor: Visit) -> None:
    for theme in ("dark", "black_swan"):
        reader = visitor(viewport=DESK, color_scheme="dark")
        reader.context.add_cookies([{"name": "theme", "value": theme, "url": told.url}])
        page = reader.page
        for path in ("/post/to-be-printed", "/", "/archive", "/search?q=printed", "/about"):
            page.emulate_media(media="screen")
            page.goto(path)
            assert page.evaluate(COLOURED) != []
            assert page.evaluate(SHOWN, "nav") != []
            printed(page, path)
            assert page.evaluate(SHOWN, FURNITURE) == []
            assert page.evaluate(COLOURED) == []
            assert page.evaluate(SHOWN, "main") != []
            canonical = page.locator("link[rel=canonical]")
            # What is found has no lasting address, and is not printed to be looked up.
            assert canonical.count() == (not path.startswith("/search"))
            if canonical.count():
                assert canonical.evaluate("node => getComputedStyle(node).display") == "block"
                assert canonical.evaluate(AFTER) not in ("none", "normal")


def test_a_post_is_printed_whole(told: Blog, visitor: Visit) -> None:
    page = printed(visitor(viewport=DESK).page, "/post/to-be-printed")
    far = page.locator('.prose a[href^="https://harbour"]')
    assert "https://harbour.example.org/tide?of=today" in far.evaluate(AFTER)
    for near in ('a[href="#fn-1"]', "a[href^='#h-']"):
        assert page.locator(f".prose {near}").first.evaluate(AFTER) in ("none", '""', "normal")
    assert page.evaluate("document.documentElement.scrollWidth") <= A4["width"]
    for wide in (".prose pre", ".prose table"):
        assert page.locator(wide).evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    for there in (".prose details p", "time.dt-published", ".comment .said", ".prose :is(h2, h3)"):
        box = page.locator(there).first.bounding_box()
        assert box is not None, there
        assert box["height"] > 0, there
    page.emulate_media(media="screen")
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 3
