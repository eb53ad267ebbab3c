"""No script and no style stands in a page: the policy of readers' pages would refuse it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.architecture.sources import templates
from tests.databases import Databases
from tests.stage import Stage, staged

PAGES = [
    "/",
    "/?notice=signed-out",
    "/links",
    "/category/{travel_slug}",
    "/author/alice",
    "/post/{bobs_published_slug}",
    "/post/{bobs_published_slug}/comments/{reply}/reply",
    "/{about_slug}",
    "/nowhere",
    "/auth/login",
    "/auth/reset",
    "/auth/reset/{reset_link}",
    "/auth/invitation/{invitation_link}",
    "/auth/email/{email_change_link}",
    "/unsubscribe/{unsubscribe_link}",
]
OWN_PAGES = ["/account", "/account/password", "/account/email", "/account/comments", "/auth/logout"]
# Mail programs read no stylesheet of ours; the style of a message stands in it.
LOUD = {
    "a script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", re.IGNORECASE),
    "a style": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an address that is a script": re.compile(r"javascript:", re.IGNORECASE),
}


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("inline")) as stage:
        yield stage


def is_data(node: LexborNode) -> bool:
    """Whether it is a block of data, which no browser runs and no policy is about."""
    if node.attributes.get("type") != "application/ld+json":
        return False
    return not set("<>&") & set(node.text()) and bool(json.loads(node.text()))


def inline(page: str) -> list[str]:
    """What of a page its policy would have to allow."""
    found = []
    for node in LexborHTMLParser(page).css("*"):
        is_script = node.tag == "script" and "src" not in node.attributes
        if node.tag == "style" or (is_script and not is_data(node)):
            found.append(str(node.html))
        for name, value in node.attributes.items():
            if name == "style" or name.startswith("on") or "javascript:" in (value or ""):
                found.append(f"{node.tag} {name}={value}")
    return found


def test_the_reader_of_pages_finds_what_it_looks_for() -> None:
    page = '<style>b{}</style><script>1</script><p style="x" onclick="y"><a href="javascript:z">'
    assert len(inline(page)) == 5
    assert inline('<script src="/x.js"></script><link rel="stylesheet" href="/x.css">') == []
    block = '<script type="application/ld+json">{}</script>'
    assert inline(block.format('{"a":1}')) == []
    assert len(inline(block.format('{"a":"<b>"}') + "<script type=text/plain>1</script>")) == 2


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_a_stranger_has_script_or_style_in_it(stage: Stage, path: str) -> None:
    answer = stage.client().get(stage.url(path))
    assert answer.status_code in (200, 404)
    assert inline(answer.text) == []
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [*PAGES, *OWN_PAGES])
def test_no_readers_page_of_a_signed_in_person_has_either(stage: Stage, path: str) -> None:
    answer = stage.client("ada").get(stage.url(path))
    assert answer.status_code in (200, 302, 404)
    assert inline(answer.text) == []
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("what", LOUD)
def test_no_template_but_those_of_mail_writes_one(what: str) -> None:
    folders = {name.split("/")[0] for name, _text in templates()} - {"mail"}
    assert {"admin", "auth", "blog", "errors"} <= folders
    assert [name for name, text in templates(*folders) if LOUD[what].search(text)] == []


def test_what_a_writer_pastes_arrives_without_script_and_style(stage: Stage) -> None:
    source = '<p style="color:red" onclick="x()">Hi</p><style>p{}</style><script>1</script>'
    form: dict[str, Any] = {"title": "Pasted", "source": source, "language": "en", "slug": "pasted"}
    form |= {"csrf_token": stage.tokens["ada"], "category_id": stage.rows["general"][1]}
    stage.client("ada").post("/admin/posts/new/publication", data=form)
    answer = stage.client().get("/post/pasted")
    stage.restore()
    assert answer.status_code == 200
    assert inline(answer.text) == []
