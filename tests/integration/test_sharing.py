"""What a page's head tells programs and other sites of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.databases import Databases
from tests.doing import Doing
from tests.feed_rules import TYPES
from tests.making import make_comment, make_post, tag
from tests.pictures import keep, photograph
from tests.stage import Stage, staged

HOME = "http://localhost"
NASTY = 'A </script><script>alert(1)</script> <!-- "title" & \u2028 长长的标题'
NAMED = "</script> & 灯"


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("sharing")) as stage:
        with stage.app.app_context():
            do = Doing(stage)
            cover = keep(photograph(300, 100), do.alice)
            post = make_post(do.alice, NASTY, slug="nasty", summary=NASTY, cover_id=cover.id)
            make_comment(post)
            tag(post, "Lamps", NAMED)
            do.alice.bio, do.alice.website = NASTY, "https://alice.example.org/"
            # More than one page of a list.
            for number in range(12):
                make_post(do.bob, f"Filler {number}")
        stage.keep()
        yield stage


@pytest.fixture(autouse=True)
def put_back(stage: Stage) -> Iterator[None]:
    """Everything as it was, whatever a test did."""
    yield
    stage.restore()


def seen(client: FlaskClient, path: str) -> LexborHTMLParser:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return LexborHTMLParser(answer.text)


def of(nodes: list[LexborNode], name: str) -> list[str]:
    return [node.attributes[name] or "" for node in nodes]


def told(page: LexborHTMLParser) -> dict[str, Any]:
    """What the page's block of data says, by kind."""
    [block] = page.css('script[type="application/ld+json"]')
    data = json.loads(block.text())
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/?lang=zh-Hans&notice=signed-out", "/"),
        ("/?before=end", "/?before=end"),
        ("/category/general?utm_source=x", "/category/general"),
        ("/category/general?before=end", "/category/general?before=end"),
        ("/author/ALICE", "/author/alice"),
        ("/links", "/links"),
        ("/tag/lamps?before=end", "/tag/lamps?before=end"),
        ("/archive", "/archive"),
        ("/archive/2026", "/archive/2026"),
        ("/archive/2026/03?before=end", "/archive/2026/03?before=end"),
        ("/about", "/about"),
        ("/post/nasty?before=end", "/post/nasty"),
    ],
)
def test_every_page_names_its_own_address(stage: Stage, path: str, canonical: str) -> None:
    page = seen(stage.client(), path)
    assert of(page.css("link[rel=canonical]"), "href") == [HOME + canonical]
    assert of(page.css("meta[property='og:url']"), "content") == [HOME + canonical]


@pytest.mark.parametrize(
    "path",
    ["/", "/category/general", "/tag/lamps", "/author/alice", "/series/voyages", "/post/nasty"],
)
def test_a_reader_of_feeds_finds_those_of_the_page(stage: Stage, path: str) -> None:
    client = stage.client()
    links = seen(client, path).css("link[rel=alternate][type]")
    addresses = of(links, "href")
    assert "/feed.atom" in addresses
    own = f"{path.rstrip('/')}/feed"
    assert f"{own}.atom" in addresses
    if not path.startswith("/post"):
        assert {f"{own}.rss", f"{own}.json"} <= set(addresses)
    for link in links:
        answer = client.get(link.attributes["href"] or "")
        assert answer.status_code == 200
        form = (link.attributes["href"] or "").rpartition(".")[2]
        assert link.attributes["type"] == TYPES[form][0]
        assert answer.mimetype in TYPES[form]
        assert (link.attributes["title"] or "").strip()


def test_a_reader_of_feeds_finds_what_is_said(stage: Stage) -> None:
    for path in ("/", "/archive"):
        addresses = of(seen(stage.client(), path).css("link[rel=alternate][type]"), "href")
        assert {f"/comments/feed.{form}" for form in TYPES} <= set(addresses)


def test_a_person_finds_the_feeds_of_posts_and_of_comments(stage: Stage) -> None:
    links = seen(stage.client(), "/archive").css("main a[type='application/atom+xml']")
    assert of(links, "href") == ["/feed.atom", "/comments/feed.atom"]


def test_a_person_finds_the_feed(stage: Stage) -> None:
    for actor in ("stranger", "ada"):
        page = seen(stage.client(actor), "/links")
        [link] = page.css(".colophon a[type='application/atom+xml']")
        assert (link.attributes["href"], link.text()) == ("/feed.atom", "Feed")


def test_a_post_is_told_as_a_post_with_its_way_and_its_author(stage: Stage) -> None:
    page = seen(stage.client(), "/post/nasty")
    data = told(page)
    post = data["BlogPosting"]
    assert (post["headline"], post["description"], post["url"]) == (
        NASTY,
        NASTY,
        f"{HOME}/post/nasty",
    )
    assert (post["datePublished"], post["inLanguage"]) == ("2026-03-09T12:00:00Z", "en")
    assert (post["commentCount"], "dateModified" in post) == (1, False)
    alice = {"@type": "Person", "name": "Alice", "url": f"{HOME}/author/alice"}
    assert post["author"] == [alice]
    assert post["keywords"] == ["Lamps", NAMED]
    picture = stage.client().get(post["image"].removeprefix(HOME), buffered=True)
    assert picture.mimetype == "image/jpeg"
    way = data["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in way] == [
        (1, "The Lantern", f"{HOME}/"),
        (2, "General", f"{HOME}/category/general"),
        (3, NASTY, f"{HOME}/post/nasty"),
    ]


def test_an_author_is_told_as_a_person(stage: Stage) -> None:
    data = told(seen(stage.client(), "/author/alice"))
    assert data["Person"] == {
        "@type": "Person",
        "name": "Alice",
        "url": f"{HOME}/author/alice",
        "description": NASTY,
        "sameAs": "https://alice.example.org/",
    }
    assert len(data["BreadcrumbList"]["itemListElement"]) == 2


def test_nothing_in_the_data_ends_it(stage: Stage) -> None:
    text = stage.client().get("/post/nasty").text
    assert "alert(1)</script>" not in text
    [block] = LexborHTMLParser(text).css("script:not([src])")
    assert not set("<>&") & set(block.text())


def test_other_sites_show_title_text_and_picture(stage: Stage) -> None:
    page = seen(stage.client(), "/post/nasty")
    shown = {
        str(node.attributes["property"]): str(node.attributes["content"])
        for node in page.css("meta[property]")
    }
    assert shown["og:type"] == "article"
    assert shown["og:title"] == shown["og:description"] == NASTY
    assert shown["og:site_name"] == "The Lantern"
    assert shown["og:image"].startswith(f"{HOME}/uploads/")
    assert of(page.css("meta[name='twitter:card']"), "content") == ["summary_large_image"]
    plain = seen(stage.client(), "/post/filler-1")
    assert plain.css("meta[property='og:image']") == []
    assert of(plain.css("meta[name='twitter:card']"), "content") == ["summary"]


def test_programs_find_entries_and_their_parts_by_class(stage: Stage) -> None:
    page = seen(stage.client(), "/post/nasty")
    [entry] = page.css("article.h-entry")
    for name in ("p-name", "dt-published", "e-content", "p-author", "u-url"):
        assert len(entry.css(f".{name}")) == 1, name
    about = [node.text(strip=True) for node in entry.css(".p-category")]
    assert about == ["General", "Lamps", NAMED]
    assert of(entry.css("data.u-url"), "value") == [f"{HOME}/post/nasty"]
    for path in ("/", "/category/general", "/author/bob"):
        listed = seen(stage.client(), path)
        assert len(listed.css("body.h-feed .p-name")) >= 2
        entries = listed.css(".h-feed .h-entry")
        assert entries
        assert all(each.css("a.u-url.p-name") and each.css(".dt-published") for each in entries)
    [card] = seen(stage.client(), "/author/alice").css(".h-card")
    assert [node.text() for node in card.css(".p-name")] == ["Alice"]
    assert of(card.css("a.u-url"), "href") == ["https://alice.example.org/"]


def test_the_page_of_a_hidden_post_tells_nothing_but_its_address(stage: Stage) -> None:
    page = seen(stage.client("ada"), "/post/alices-draft")
    assert page.css('script[type="application/ld+json"]') == []
    assert of(page.css("link[rel=canonical]"), "href") == [f"{HOME}/post/alices-draft"]
