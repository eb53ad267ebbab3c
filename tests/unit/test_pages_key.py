"""The key of a page holds the address, a language and a theme, reduced, and nothing else."""

from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from bluelog.blueprints.blog.rendering import NOTICES as WORDS
from bluelog.web.pages import key as keys
from bluelog.web.pages.key import NOTICES, Key, key_of

HOME = Key("http", "localhost", "", "/", "", "", "")


def environ_of(path: str = "/", **options: Any) -> dict[str, Any]:
    return EnvironBuilder(path=path, **options).get_environ()


def key(path: str = "/", *, query: str = "", cookie: str = "", **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if cookie:
        sent["Cookie"] = cookie
    # As it comes, which a builder would encode.
    environ = environ_of(path, headers=sent) | {"QUERY_STRING": query}
    return key_of(environ, lambda _cookies: False)


def test_a_plain_request_has_a_plain_key() -> None:
    assert key() == HOME


@pytest.mark.parametrize(
    "headers",
    [
        {"User_Agent": "x" * 4000},
        {"Accept": "application/json"},
        {"Accept_Encoding": "br"},
        {"Referer": "http://elsewhere.example.org/"},
        {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Host": "evil.example.org"},
        {"X_Forwarded_Proto": "https", "X_Original_URL": "/admin", "X_Rewrite_URL": "/admin"},
        {"X_HTTP_Method_Override": "POST"},
        {"Authorization": "Basic YWRhOmFkYQ=="},
        {"Range": "bytes=0-1", "If_Range": '"x"'},
        {"If_None_Match": "*", "If_Modified_Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"Cache_Control": "no-cache", "Pragma": "no-cache"},
        {"Accept_Language": "tlh"},
        {"Accept_Language": ";;;q=,,*"},
        {"Sec_Fetch_Site": "cross-site", "DNT": "1", "X_Request_ID": "a" * 32},
    ],
)
def test_no_other_header_is_part_of_it(headers: dict[str, str]) -> None:
    assert key(**headers) == HOME


@pytest.mark.parametrize(
    ("query", "reduced"),
    [
        ("utm_source=x&fbclid=y&_=1", ""),
        ("&&=&=x&;", ""),
        ("theme=dark&language=zh-Hans", ""),
        ("notice=comment-pending", "notice=comment-pending"),
        ("x=1&notice=signed-out&y=2", "notice=signed-out"),
        ("notice=signed-out&notice=unsubscribed", "notice=signed-out"),
        ("notice=nonsense&notice=signed-out", ""),
        ("notice=", ""),
        ("NOTICE=signed-out", ""),
        ("before=end&after=1.2", "after=1.2&before=end"),
        ("after=1.2&before=end", "after=1.2&before=end"),
        ("after=2&after=1", "after=2&after=1"),
        ("page=2&page=3", "page=2"),
        ("after=%31", "after=1"),
        ("after=%FF", "after=%EF%BF%BD"),
        ("after=\xff", "after=%EF%BF%BD"),
        ("after=%26x%3D1", "after=%26x%3D1"),
        ("after=1;page=2", "after=1%3Bpage%3D2"),
    ],
)
def test_of_the_query_only_what_pages_read_is_part_of_it(query: str, reduced: str) -> None:
    assert key(query=query) == HOME._replace(query=reduced)


def test_a_query_with_a_null_character_has_no_key() -> None:
    assert key(query="after=%00") is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_only_reading_has_a_key(method: str) -> None:
    assert key_of(environ_of(method=method), lambda _cookies: False) is None


def test_asking_for_the_head_alone_has_the_key_of_the_page() -> None:
    assert key_of(environ_of(method="HEAD"), lambda _cookies: False) == HOME


@pytest.mark.parametrize(
    ("cookie", "language", "theme"),
    [
        ("theme=dark", "", "dark"),
        ("theme=auto", "", ""),
        ("theme=css/../../x", "", ""),
        ("theme=dark; theme=light", "", "dark"),
        ("theme=", "", ""),
        ("language=zh-Hans", "zh-Hans", ""),
        ("language=tlh", "", ""),
        ("language=en; theme=black_swan; _ga=1; x", "en", "black_swan"),
        (';;=;\xff=\xff; theme="dark"', "", "dark"),
        ("session=x; csrf_token=y; confirm=z", "", ""),
    ],
)
def test_of_the_cookies_two_choices_are_part_of_it(cookie: str, language: str, theme: str) -> None:
    assert key(cookie=cookie) == HOME._replace(language=language, theme=theme)


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "language"),
    [
        ("", "", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("", "", "zh-TW", "zh-Hans"),
        ("", "", "en-GB;q=0.1, zh;q=0.9", "zh-Hans"),
        ("", "", "tlh, EN-us;q=0.2", "en"),
        ("", "language=en", "zh", "en"),
        ("lang=zh-Hans", "language=en", "en", "zh-Hans"),
        ("lang=tlh", "language=en", "zh", "en"),
        ("lang=tlh&lang=zh-Hans", "", "", ""),
        ("lang=", "", "zh", "zh-Hans"),
    ],
)
def test_the_language_is_that_of_address_cookie_and_browser_in_turn(
    query: str, cookie: str, accepted: str, language: str
) -> None:
    found = key(query=query, cookie=cookie, Accept_Language=accepted)
    assert found == HOME._replace(language=language)


def test_whoever_is_signed_in_has_no_key() -> None:
    sent = {"Cookie": "session=live; theme=dark"}
    asked: list[Any] = []
    assert key_of(environ_of(headers=sent), lambda c: bool(asked.append(c) or True)) is None
    assert asked[0]["session"] == "live"


def test_without_a_cookie_nobody_is_asked_for() -> None:
    assert key_of(environ_of(), lambda _cookies: pytest.fail("asked")) == HOME


@pytest.mark.parametrize(
    ("path", "reduced"),
    [
        ("/post/%E4%BD%A0", "/post/\xe4\xbd\xa0"),
        ("/post/%e4%bd%a0", "/post/\xe4\xbd\xa0"),
        ("/post/a%2Fb", "/post/a/b"),
        ("/post/a%3Fb", "/post/a?b"),
        ("//evil.example.org/", "//evil.example.org/"),
        ("/post/../admin", "/post/../admin"),
    ],
)
def test_the_path_is_the_one_that_the_app_is_given(path: str, reduced: str) -> None:
    environ = environ_of()
    environ["PATH_INFO"] = reduced
    found = key_of(environ, lambda _cookies: False)
    assert found is not None
    assert (found.path, found.query) == (reduced, "")


def test_where_the_blog_lies_and_what_is_asked_for_there_are_two_things() -> None:
    found = set()
    for root, path in (("", "/a/b"), ("/a", "/b"), ("/a/b", "")):
        environ = environ_of()
        environ |= {"SCRIPT_NAME": root, "PATH_INFO": path}
        found.add(key_of(environ, lambda _cookies: False))
    assert len(found) == 3


def test_scheme_and_host_are_part_of_it() -> None:
    at = environ_of(base_url="https://blog.example.org:8443/")
    assert key_of(at, lambda _cookies: False) == HOME._replace(
        scheme="https", host="blog.example.org:8443"
    )


def test_the_request_that_stands_for_all_carries_nothing_of_the_visitor() -> None:
    secret = "Quillfeather"
    names = ("User-Agent", "Referer", "Authorization", "Range", "If-None-Match", "Content-Type")
    headers = dict.fromkeys((*names, "X-Forwarded-For", "Accept-Encoding", "Origin"), secret)
    headers |= {"Cookie": f"theme=dark; who={secret}", "Accept-Language": f"zh,{secret}"}
    environ = environ_of(query_string=f"x={secret}&after=1", method="HEAD", headers=headers)
    environ |= {"REQUEST_URI": f"/?{secret}", "RAW_URI": f"/?{secret}", "CONTENT_LENGTH": "3"}
    found = key_of(environ, lambda _cookies: False)
    assert found is not None
    clean = found.environ(environ)
    assert secret not in repr({n: v for n, v in clean.items() if not n.startswith("werkzeug.")})
    assert clean["HTTP_COOKIE"] == "language=zh-Hans; theme=dark"
    assert (clean["REQUEST_METHOD"], clean["QUERY_STRING"]) == ("GET", "after=1")
    assert {n for n in clean if n.startswith("HTTP_")} <= {"HTTP_HOST", "HTTP_COOKIE"}
    assert not {"CONTENT_LENGTH", "CONTENT_TYPE"} & clean.keys()
    assert environ["REQUEST_METHOD"] == "HEAD"


def test_the_notices_of_the_key_are_those_that_pages_say() -> None:
    assert set(WORDS) == NOTICES


def test_what_strangers_send_is_read_however_long_it_is() -> None:
    long = "x" * 300
    assert key(query=f"{long}=1&after=7", Accept_Language=f"zh,{long}") == HOME._replace(
        query="after=7", language="zh-Hans"
    )


def test_of_cookies_only_short_ones_are_remembered() -> None:
    keys._choices.cache_clear()
    long = f"theme=dark; bluelog_session={'x' * 64}"
    for header in (long, "theme=dark", "theme=dark"):
        assert key(Cookie=header) == HOME._replace(theme="dark")
    assert keys._choices.cache_info()[:1] + keys._choices.cache_info()[3:] == (1, 1)
