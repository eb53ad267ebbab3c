"""A comment is set by the script of its own words, whatever the interface speaks."""

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from bluelog.queries.people import person_by_username
from tests.browsing import browser
from tests.making import make_comment, make_post

BODIES = {
    "Well said, and the word 汉字 too.": "en",
    "说得好。": "zh-Hans",
    "我用 Flask 写博客,见 https://example.org/a/long/address": "zh-Hans",
    "とても良い記事です。": "ja",
}


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize(
    ("who", "path"),
    [(None, "/post/a-post"), ("ada", "/admin/comments"), ("rita", "/account/comments")],
)
def test_each_page_says_the_language_of_the_words(
    site: Flask, who: str | None, path: str, language: str
) -> None:
    with site.app_context():
        alice, rita = person_by_username("alice"), person_by_username("rita")
        assert alice is not None
        assert rita is not None
        post = make_post(alice)
        for body in BODIES:
            make_comment(post, body, user_id=rita.id)
    page = LexborHTMLParser(browser(site, who).get(f"{path}?lang={language}").text)
    said = {node.text().strip(): node.attributes.get("lang") for node in page.css(".said")}
    assert said == BODIES
