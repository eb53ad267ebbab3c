"""A page's address is never one that the URL map keeps for itself."""

from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from bluelog.services.slugs import RESERVED
from bluelog.text.slug import is_slug

# Pages are at /<slug> and /<parent>/<slug>.
DEEPEST_PAGE = 2


def first_words(app: Flask) -> Iterator[tuple[str, Rule]]:
    """The first word of every address that begins with one."""
    for rule in app.url_map.iter_rules():
        word = rule.rule.strip("/").split("/")[0]
        if word and "<" not in word:
            yield word, rule


def could_be_a_page(rule: Rule) -> bool:
    """Whether a page's address may look like one of this rule."""
    words = rule.rule.strip("/").split("/")
    return len(words) <= DEEPEST_PAGE


def test_the_first_words_of_addresses_are_reserved(app: Flask) -> None:
    clashing = {word for word, rule in first_words(app) if could_be_a_page(rule) and is_slug(word)}
    assert {"admin", "post", "category", "links", "account", "setup"} <= clashing
    assert clashing - RESERVED == set()


def test_a_page_of_a_reserved_name_would_not_be_reached(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    assert adapter.match("/imprint") == ("blog.show_page", {"slug": "imprint"})
    assert adapter.match("/links") == ("blog.show_links", {})
