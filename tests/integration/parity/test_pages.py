"""What stood on the pages of the original stands on ours."""

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import User
from tests.browsing import browser
from tests.making import make_post
from tests.stage import Stage


def page(stage: Stage, path: str, actor: str = "stranger") -> LexborHTMLParser:
    answer = stage.client(actor).get(stage.url(path))
    assert answer.status_code == 200
    return LexborHTMLParser(answer.text)


def hrefs(found: LexborHTMLParser, selector: str) -> list[str]:
    return [node.attributes["href"] or "" for node in found.css(f"{selector} a")]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "The Lantern"),
        ("/about", "About - The Lantern"),
        ("/post/alices-published", "Alices published - The Lantern"),
        ("/category/general", "General - The Lantern"),
        ("/author/alice", "Alice - The Lantern"),
    ],
)
def test_the_title_names_page_and_blog(stage: Stage, path: str, title: str) -> None:
    assert page(stage, path).css_first("title").text() == title


@pytest.mark.parametrize("path", ["/", "/about", "/post/alices-published", "/category/general"])
def test_every_page_leads_home_to_about_to_categories_links_and_themes(
    stage: Stage, path: str
) -> None:
    found = page(stage, path)
    everywhere = hrefs(found, "body")
    for leads in ("/", "/about", "/category/general", "https://friend.example.org/"):
        assert leads in everywhere
    for theme in ("perfect_blue", "black_swan", "light", "dark", "auto"):
        assert f"/change-theme/{theme}" in everywhere
    shelf = {node.text().strip() for node in found.css(".shelf .count")}
    assert shelf == {"3"}


def test_a_list_shows_title_excerpt_date_category_and_approved_comments(stage: Stage) -> None:
    [card] = [node for node in page(stage, "/").css(".card") if "Alices published" in node.text()]
    assert card.css_first("h2 a").attributes["href"] == "/post/alices-published"
    assert "Once upon a time." in card.css_first(".excerpt").text()
    assert card.css_first("time").attributes["datetime"] == "2026-03-09T12:00:00+00:00"
    assert "/category/general" in [a.attributes["href"] for a in card.css("a")]
    # One of four is approved.
    assert "1 comment" in card.text()


def test_a_post_has_an_absolute_link_to_share(stage: Stage) -> None:
    found = page(stage, "/post/alices-published")
    assert found.css_first("link[rel=canonical]").attributes["href"] == (
        "http://localhost/post/alices-published"
    )
    assert "http://localhost/post/alices-published" in found.css_first(".share").text()


def test_an_empty_blog_says_so_and_offers_its_writers_the_first_step(site: Flask) -> None:
    offered = {}
    for who in (None, "rita", "alice"):
        found = LexborHTMLParser(browser(site, who).get("/").text)
        assert found.css_first(".empty") is not None
        offered[who] = "/admin/posts/new" in hrefs(found, "main")
    assert offered == {None: False, "rita": False, "alice": True}


def test_the_dashboard_leads_to_all_there_was_with_what_waits(stage: Stage) -> None:
    found = page(stage, "/admin/", "ada")
    areas = hrefs(found, ".areas")
    for area in ("posts", "comments", "categories", "links", "people", "settings"):
        assert f"/admin/{area}" in areas
    assert "2" in found.css_first('.areas a[href="/admin/comments"] .count').text()
    for area in ("posts", "categories", "links"):
        assert f"/admin/{area}/new" in hrefs(page(stage, f"/admin/{area}", "ada"), "main")


def test_the_list_of_posts_counts_words_and_approved_comments(stage: Stage) -> None:
    with stage.app.app_context():
        bob = db.session.scalars(db.select(User).where(User.username == "bob")).one()
        make_post(bob, "Two scripts", words=5, plain="three short words 汉字")
    rows = page(stage, "/admin/posts", "ada").css("tr[data-row]")
    by_title = {row.css_first(".main a").text(): row for row in rows}
    words = by_title["Two scripts"].css_first('[data-label="Words"]')
    assert words.text().strip() == "5"
    comments = by_title["Alices published"].css_first('[data-label="Comments"]')
    assert comments.text().strip() == "1"


def test_the_default_category_can_be_renamed_and_not_deleted(stage: Stage) -> None:
    found = page(stage, "/admin/categories", "ada")
    acts = [str(node.attributes["action"]) for node in found.css("main form")]
    assert stage.url("/admin/categories/{travel}/deletion") in acts
    assert stage.url("/admin/categories/{general}/deletion") not in acts
    refused = stage.client("ada").post(
        stage.url("/admin/categories/{general}/deletion"), data={"csrf_token": stage.tokens["ada"]}
    )
    assert refused.location == "/admin/categories"
    assert page(stage, "/category/general").css_first("h1").text() == "General"
