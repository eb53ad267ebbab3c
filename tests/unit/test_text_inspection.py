"""What is looked at in a text before it is public, and where its links lead."""

import pytest

from bluelog.text.inside import Place, path_within, place_of
from bluelog.text.inspection import inspect

KNOWN = frozenset({"admin", "search", "feed.atom"})
SITE = "https://blog.example.org/"


def test_pictures_without_words_are_found_once_each() -> None:
    html = '<img src="/a.jpg" alt=""><img src="/a.jpg"><img src="/b.jpg" alt="A boat">'
    found = inspect(html)
    assert found.silent == ("/a.jpg",)
    assert found.pictures == ("/a.jpg", "/b.jpg")


@pytest.mark.parametrize(
    ("html", "skipping"),
    [
        ("<h2>One</h2><h3>Two</h3><h2>Three</h2>", ()),
        ("<h2>One</h2><h4>Two</h4>", ("Two",)),
        ("<h3>First</h3><h2>Second</h2>", ("First",)),
        ("<h2>One</h2><h3>Two</h3><h4>Three</h4><h2>Four</h2><h5>五</h5>", ("五",)),
        ("<p>None</p>", ()),
    ],
)
def test_a_heading_that_leaves_out_a_rank_is_found(html: str, skipping: tuple[str, ...]) -> None:
    assert inspect(html).skipping == skipping


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("/post/a-walk", "/post/a-walk"),
        ("/post/a-walk/?x=1#there", "/post/a-walk"),
        ("a-walk", "/post/a-walk"),
        ("../about", "/about"),
        ("https://blog.example.org/about", "/about"),
        ("//blog.example.org/about", "/about"),
        ("https://blog.example.org", "/"),
        ("/post/%E6%B8%A1%E8%BD%AE", "/post/渡轮"),
        ("\\about", "/about"),
        ("#notes", None),
        ("?page=2", None),
        ("https://other.example.org/about", None),
        ("mailto:ada@example.org", None),
        ("https://[broken", None),
        ("/a%00b", None),
    ],
)
def test_a_link_leads_within_the_site_or_not(href: str, path: str | None) -> None:
    assert path_within(href, here="/post/here", site=SITE) == path


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/post/a-walk/comments/3", Place("post", "a-walk", "/post/a-walk")),
        ("/category/trips/feed.atom", Place("category", "trips", "/category/trips")),
        ("/about", Place("page", "about", "/about")),
        ("/guides/sailing", Place("page", "guides/sailing", "/guides/sailing")),
        ("/", None),
        ("/admin/posts", None),
        ("/search", None),
        ("/post", None),
    ],
)
def test_a_path_names_what_may_be_missing(path: str, place: Place | None) -> None:
    assert place_of(path, known=KNOWN) == place
