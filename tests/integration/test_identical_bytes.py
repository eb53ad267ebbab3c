"""What a stranger reads depends on the address, the theme and the language, and on nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from bluelog.blueprints.blog.rendering import NOTICES
from bluelog.extensions import db
from bluelog.i18n import LANGUAGES
from bluelog.web.pages.cache import HIT
from bluelog.web.visitor import THEMES
from tests.addresses import MACHINES, PAGES, REDIRECTS, UNKEPT
from tests.databases import Databases
from tests.kept import cache_of, forget
from tests.stage import Stage, staged

FILES = ["/uploads/{picture_name}", "/custom/{custom_css_digest}.css"]
# These two set the reader's own cookie: they are what they are for.
CHOICES = {"/change-theme/dark": "theme", "/change-language/zh-Hans": "language"}

VARY = "Cookie, Accept-Language, Accept-Encoding"
PLAIN: dict[str, Any] = {"headers": {"User-Agent": "one"}}
ODD: dict[str, Any] = {
    "headers": {
        "User-Agent": "Mozilla/5.0 (another)",
        "Referer": "https://elsewhere.example.org/?q=1",
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil.example.org",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=203.0.113.9;host=evil.example.org",
        "X-Real-IP": "203.0.113.9",
        "DNT": "1",
        "Sec-GPC": "1",
        "Sec-Fetch-Site": "cross-site",
        "Accept": "text/html,*/*;q=0.5",
        "Authorization": "Basic YWRhOmFkYQ==",
        "X-Requested-With": "XMLHttpRequest",
    },
    "environ_overrides": {"REMOTE_ADDR": "203.0.113.9"},
}
JUNK = {
    "bluelog_session": "eyJfdXNlcl9pZCI6InMifQ.aaaa.bbbb",
    "session": "x",
    "remember_token": "1|abc",
    "confirm": "x",
    "csrf_token": "x",
    "_ga": "GA1.1.1",
}


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("bytes")) as stage:
        yield stage


def get(stage: Stage, path: str, cookies: dict[str, str], **options: Any) -> TestResponse:
    client = stage.app.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    return client.get(stage.url(path), buffered=True, **options)


def plain(stage: Stage, path: str, **cookies: str) -> TestResponse:
    return get(stage, path, cookies, **PLAIN)


def odd(stage: Stage, path: str, **cookies: str) -> TestResponse:
    return get(stage, path, JUNK | cookies, **ODD)


def all_of(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    # The second one tells what the page cache did, not what the page is.
    headers = [pair for pair in answer.headers if pair[0] not in ("Date", "Cache-Status")]
    return answer.status_code, sorted(headers), answer.data


@pytest.mark.parametrize("path", PAGES)
def test_two_strangers_get_the_same_page_and_headers(stage: Stage, path: str) -> None:
    seen = set()
    for language in LANGUAGES:
        for theme in THEMES:
            one = plain(stage, path, language=language, theme=theme)
            assert all_of(one) == all_of(odd(stage, path, language=language, theme=theme))
            assert "Set-Cookie" not in one.headers
            assert "evil.example.org" not in f"{one.headers}{one.text}"
            seen.add(one.data)
    assert len(seen) == len(LANGUAGES) * len(THEMES)


@pytest.mark.parametrize("path", [*REDIRECTS, *UNKEPT, *FILES])
def test_two_strangers_get_the_same_of_what_is_no_page(stage: Stage, path: str) -> None:
    for language, theme in zip(LANGUAGES, THEMES, strict=False):
        one = plain(stage, path, language=language, theme=theme)
        assert all_of(one) == all_of(odd(stage, path, language=language, theme=theme))
        assert "Set-Cookie" not in one.headers
        assert "evil.example.org" not in str(one.headers)


@pytest.mark.parametrize("path", MACHINES)
def test_every_program_gets_the_same(stage: Stage, path: str) -> None:
    one = plain(stage, path)
    for language in LANGUAGES:
        for theme in THEMES:
            assert all_of(one) == all_of(odd(stage, path, language=language, theme=theme))
    assert "Set-Cookie" not in one.headers
    assert stage.client("ada").get(stage.url(path)).data == one.data


@pytest.mark.parametrize("path", [*PAGES, *MACHINES])
def test_a_page_is_kept_only_to_be_compared(stage: Stage, path: str) -> None:
    answer = plain(stage, path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers.getlist("Vary") == [VARY]
    tag = answer.headers["ETag"]
    assert tag.startswith('"')
    for condition in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = plain_if(stage, path, condition)
        assert (again.status_code, again.data) == (304, b"")
        assert [again.headers[n] for n in ("ETag", "Vary", "Cache-Control")] == [
            tag,
            VARY,
            "no-cache",
        ]
    assert plain_if(stage, path, '"other"').status_code == 200


def plain_if(stage: Stage, path: str, condition: str) -> TestResponse:
    return get(stage, path, {}, headers={"If-None-Match": condition})


@pytest.mark.parametrize("path", [*PAGES, *MACHINES])
def test_asking_for_the_head_alone_gets_the_same_headers(stage: Stage, path: str) -> None:
    head = stage.client().head(stage.url(path))
    assert head.data == b""
    assert all_of(head)[:2] == all_of(stage.client().get(stage.url(path)))[:2]


@pytest.mark.parametrize("path", UNKEPT)
def test_what_is_no_page_to_keep_says_so(stage: Stage, path: str) -> None:
    answer = plain(stage, path)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", [*PAGES, *MACHINES, *REDIRECTS, *UNKEPT])
@pytest.mark.parametrize("actor", ["rita", "ada"])
def test_whoever_is_signed_in_gets_a_page_for_nobody_else(
    stage: Stage, actor: str, path: str
) -> None:
    answer = stage.client(actor).get(stage.url(path))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", [*PAGES, *MACHINES])
def test_a_session_that_is_none_any_more_counts_as_absent(stage: Stage, path: str) -> None:
    answer = stage.client("mallory").get(stage.url(path))
    assert all_of(answer) == all_of(plain(stage, path))


@pytest.mark.parametrize("path", [*PAGES, *MACHINES])
def test_an_unknown_parameter_reaches_no_page(stage: Stage, path: str) -> None:
    tail = "utm_source=x&fbclid=y&_=1&q=%3Cb%3E&theme=dark&language=zh-Hans&lang=tlh"
    marked = path + ("&" if "?" in path else "?") + tail
    assert all_of(plain(stage, marked)) == all_of(plain(stage, path))


@pytest.mark.parametrize("path", PAGES)
def test_the_language_is_the_same_by_whichever_way_it_was_asked_for(
    stage: Stage, path: str
) -> None:
    by_cookie = plain(stage, path, language="zh-Hans")
    assert '<html lang="zh-Hans"' in by_cookie.text
    for wish in ("zh-CN,zh;q=0.9,en;q=0.8", "zh", "zh-TW", "tlh, zh-Hans;q=0.1"):
        assert all_of(get(stage, path, {}, headers={"Accept-Language": wish})) == all_of(by_cookie)
    by_address = path + ("&" if "?" in path else "?") + "lang=zh-Hans"
    assert '<html lang="zh-Hans"' in plain(stage, by_address).text


@pytest.mark.parametrize("cookies", [{"theme": "css/../../x"}, {"theme": ""}, {"language": "tlh"}])
def test_a_choice_that_is_none_is_as_no_choice(stage: Stage, cookies: dict[str, str]) -> None:
    assert all_of(plain(stage, "/", **cookies)) == all_of(plain(stage, "/"))


def test_a_notice_is_one_of_a_closed_set(stage: Stage) -> None:
    unsaid = plain(stage, "/")
    for unknown in ("", "x", "<b>", "comment-pending%00"):
        answer = plain(stage, f"/?notice={unknown}")
        assert answer.status_code == 400 or all_of(answer) == all_of(unsaid)
    said = {plain(stage, f"/?notice={notice}").data for notice in NOTICES}
    assert len(said) == len(NOTICES)


@pytest.mark.parametrize("path", CHOICES)
def test_a_choice_is_kept_in_the_readers_own_cookie(stage: Stage, path: str) -> None:
    answer = get(stage, path, {}, headers={"Referer": "http://localhost/links"})
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith(f"{CHOICES[path]}={path.rpartition('/')[2]};")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (answer.status_code, answer.location) == (302, "/links")


def test_every_readers_address_is_on_these_lists(stage: Stage) -> None:
    adapter = stage.app.url_map.bind("localhost")
    listed = {
        adapter.match(stage.url(path).partition("?")[0])[0]
        for path in [*PAGES, *MACHINES, *REDIRECTS, *UNKEPT, *FILES, *CHOICES]
    }
    there = {
        rule.endpoint
        for rule in stage.app.url_map.iter_rules()
        if rule.endpoint.startswith("blog.") and "GET" in (rule.methods or ())
    }
    assert there - listed == set()


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the app sends meanwhile, the beginnings of transactions aside."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(" ".join(statement.split()))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def forget_pages(stage: Stage) -> None:
    """Have the next page made anew, in the frame that is kept."""
    cache_of(stage.app).store.clear()


# Statements a page costs when it is made anew, whatever the number of rows; the row of revisions,
# which the page cache reads over a connection of its own, comes to each.
CEILINGS = {
    "/": 3,
    "/?before=end": 3,
    "/links": 0,
    "/category/general": 3,
    "/tag/{lamps_slug}": 3,
    "/series/voyages": 4,
    "/archive": 4,
    "/archive/2026": 3,
    "/archive/2026/03": 3,
    "/author/alice": 3,
    "/{about_slug}": 3,
    "/{about_slug}/{history_slug}": 3,
    "/post/{bobs_published_slug}": 6,
    "/post/{bobs_published_slug}?before=end": 7,
    "/post/{bobs_published_slug}/comments/{reply}/reply": 2,
    "/feed.atom": 4,
    "/category/{travel_slug}/feed.rss": 5,
    "/author/alice/feed.json": 5,
    "/tag/{lamps_slug}/feed.atom": 5,
    "/series/voyages/feed.rss": 5,
    "/comments/feed.atom": 1,
    "/post/{bobs_published_slug}/feed.rss": 2,
    "/robots.txt": 0,
    "/sitemap.xml": 2,
    "/sitemap-lists.xml": 5,
    "/sitemap-1.xml": 2,
}
# What menus, categories and bylines show is asked for once in each process and frame revision.
FRAME_CEILING = 7


@pytest.mark.parametrize("path", CEILINGS)
def test_a_page_asks_the_database_only_so_often(stage: Stage, path: str) -> None:
    stage.client().get(stage.url(path))
    forget_pages(stage)
    with counted(stage.app) as statements:
        answer = stage.client().get(stage.url(path))
    assert (answer.status_code, answer.headers.get("Cache-Status") == HIT) == (200, False)
    assert len(statements) <= CEILINGS[path], "\n".join(statements)


@pytest.mark.parametrize("path", CEILINGS)
def test_what_is_around_a_page_is_asked_for_once(stage: Stage, path: str) -> None:
    forget(stage.app)
    with counted(stage.app) as statements:
        stage.client().get(stage.url(path))
    assert len(statements) <= CEILINGS[path] + FRAME_CEILING, "\n".join(statements)
    forget_pages(stage)
    with counted(stage.app) as statements:
        stage.client().get(stage.url(path))
    assert len(statements) <= CEILINGS[path], "\n".join(statements)


def test_every_kept_page_stays_within_its_bound(stage: Stage) -> None:
    kinds = {path.partition("?")[0] for path in [*PAGES, *MACHINES]}
    kinds -= {"/category/{travel_slug}"}
    assert kinds == {path.partition("?")[0] for path in CEILINGS if not path.endswith("/reply")}
    # A post's page may ask eight times, a list five times, the row of revisions among them; what
    # programs read may ask once more.
    most = {path: 8 if "/post/" in path else 5 for path in CEILINGS} | dict.fromkeys(MACHINES, 6)
    assert all(asked + 1 <= most[path] for path, asked in CEILINGS.items())
