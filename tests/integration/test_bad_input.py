"""Nonsense in addresses, headers and bodies is answered with a clear page, and changes nothing."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from tests.browsing import ORIGIN
from tests.databases import Databases
from tests.rights import ROWS
from tests.stage import Stage, staged

# Python itself refuses to read a number of more than 4300 digits.
ENDLESS = "9" * 5000
IDS = ["1abc", "1" + "0" * 20, ENDLESS, "-1", "0", "1.0", "1e3", "0x1", "2147483648", "1;2", "null"]
IDS += ["%00", "1%00", "%31%20", "%EF%BC%9199999", "%ff", "1%2F2", "..%2F1", "%F0%9F%92%A9", "'--"]
# With any of these in place of a position, no row is where it leads.
POSITIONS = ["x", ".", "1", "1.1.1", "1.x", "x.1", "-", "--1.1", "1.-", "9" * 30, "1." + "9" * 30]
POSITIONS += ["1e3.1", "%EF%BC%91.1", "1.1 ", " 1.1", "0x1.1", "1%00.1", "%ff", "END", "end.end"]
POSITIONS += [ENDLESS, f"{ENDLESS}.1", "1." + ENDLESS]
LISTS = {
    "stranger": ["/", "/category/{travel_slug}", "/author/alice", "/post/{bobs_published_slug}"],
    "ada": ["/admin/posts", "/admin/comments", "/admin/people", "/account/comments"],
}
# Lists in the order of their ids; the positions of the others have two numbers.
ONE_NUMBER = {"/admin/comments", "/admin/people", "/account/comments"}
OLD_PAGES = ["abc", "0", "51", "999", "-1", "1.5", "", "%20", "1%00", "%EF%BC%91", ENDLESS]


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("bad")) as stage:
        yield stage


@pytest.fixture(autouse=True)
def _nothing_is_changed(stage: Stage) -> Iterator[None]:
    before = stage.dump()
    yield
    after = stage.dump()
    if after != before:
        stage.restore()
    assert after == before


def sent(
    stage: Stage, actor: str, path: str, form: dict[str, Any] | None = None, **options: Any
) -> TestResponse:
    """What a person's browser gets for a form with a good token, or for a page without a form."""
    client, address = stage.client(actor), stage.url(path)
    if form is None:
        return client.get(address, **options)
    headers = {"Origin": ORIGIN} | options.pop("headers", {})
    form = {"csrf_token": stage.tokens.get(actor, "")} | form
    return client.post(address, data=form, headers=headers, **options)


def is_clear(answer: TestResponse, language: str = "en") -> bool:
    """Whether it is a page that says what is wrong, in that language."""
    page = answer.text
    return f'<html lang="{language}"' in page and "<h1" in page and "Traceback" not in page


def paths_with_ids() -> list[tuple[str, str]]:
    """Every address with a row's id in it, as a pattern with one id to fill in."""
    names = {row.object for row in ROWS if "/{" in row.path and not row.object.endswith("slug")}
    named = [r for r in ROWS if r.object in names and not r.object.endswith(("_link", "_name"))]
    found = {(r.method, r.path.replace("{" + r.object + "}", "\0", 1)) for r in named}
    return sorted((m, p.partition("?")[0]) for m, p in found if "\0" in p.partition("?")[0])


@pytest.mark.parametrize(
    ("method", "pattern"), paths_with_ids(), ids=lambda v: v.replace("\0", "N")
)
def test_an_id_that_is_none_finds_nothing(stage: Stage, method: str, pattern: str) -> None:
    for wrong in IDS:
        path = stage.url(pattern.replace("\0", "@")).replace("@", wrong)
        form: dict[str, Any] | None = {} if method == "POST" else None
        answer = sent(stage, "ada", path, form, follow_redirects=True)
        assert 400 <= answer.status_code < 500, f"{path}: {answer.status}"
        assert is_clear(answer), path


@pytest.mark.parametrize(("actor", "path"), [(a, p) for a, ps in LISTS.items() for p in ps])
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_position_that_is_none_finds_nothing(
    stage: Stage, actor: str, path: str, side: str
) -> None:
    for wrong in POSITIONS:
        if wrong == "1" and path in ONE_NUMBER:
            continue
        answer = sent(stage, actor, f"{path}?{side}={wrong}")
        assert answer.status_code in (400, 404), f"{wrong}: {answer.status}"
        assert is_clear(answer)


@pytest.mark.parametrize(("actor", "path"), [(a, p) for a, ps in LISTS.items() for p in ps])
@pytest.mark.parametrize(
    "query", ["before=1.1&after=1.1", "after=1.1&after=2.2", "before=end&before=end"]
)
def test_two_positions_at_once_are_none(stage: Stage, actor: str, path: str, query: str) -> None:
    answer = sent(stage, actor, f"{path}?{query}")
    assert answer.status_code == 404
    assert is_clear(answer)


@pytest.mark.parametrize("path", LISTS["stranger"][:2] + LISTS["stranger"][3:])
@pytest.mark.parametrize("number", OLD_PAGES)
def test_an_old_numbered_page_that_never_was_is_not_found(
    stage: Stage, path: str, number: str
) -> None:
    answer = sent(stage, "stranger", f"{path}?page={number}")
    assert answer.status_code in (400, 404)
    assert is_clear(answer)


@pytest.mark.parametrize(
    "path", ["/", "/post/{bobs_published_slug}", "/admin/posts", "/auth/login"]
)
@pytest.mark.parametrize(
    "query",
    [
        "lang=en&lang=zh-Hans",
        "notice=x&notice=y",
        "next=//evil.example.org/&next=https://evil.example.org",
        "a" * 5000 + "=1",
        "%ff=%fe",
        "&&&===&",
        "filter=&status=&kind=",
        "lang[]=en",
        "lang=" + "x" * 20_000,
        "%00=1",
    ],
)
def test_parameters_that_mean_nothing_do_no_harm(stage: Stage, path: str, query: str) -> None:
    answer = sent(stage, "ada", f"{path}?{query}")
    assert answer.status_code in (200, 302)
    assert "evil.example.org" not in (answer.location or "")


@pytest.mark.parametrize(
    "path",
    [
        "/admin/posts?status=x",
        "/admin/posts?kind=x",
        "/admin/posts/new?kind=x",
    ],
)
def test_a_filter_that_is_none_is_not_found(stage: Stage, path: str) -> None:
    answer = sent(stage, "ada", path)
    assert answer.status_code == 404
    assert is_clear(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/post/%00",
        "/post/a%00b",
        "/category/%00",
        "/author/%00",
        "/uploads/%00",
        "/uploads/..%2F..%2Fpyproject.toml",
        "/uploads/../../pyproject.toml",
        "/admin/uploads/%00",
        "/static/%00",
        "/static/..%2Fsettings.py",
        "/static/../__init__.py",
        "/custom/%00.css",
        "/auth/reset/%00",
        "/auth/invitation/x.y",
        "/auth/confirm/MQ.MQ",
        "/unsubscribe/%ff",
        "/post/%ff%fe",
        "/post/%ED%A0%80",
        "/%E2%80%AE",
        "/post/" + "x" * 20_000,
        "/" + "a/" * 2000,
        "/category/" + quote("汉" * 5000),
        "/change-theme/%00",
        "/change-language/" + "x" * 5000,
    ],
    ids=lambda path: path[:40],
)
def test_an_address_that_is_none_says_so(stage: Stage, path: str) -> None:
    for actor in ("stranger", "ada"):
        answer = stage.client(actor).get(path)
        assert answer.status_code in (308, 400, 404), answer.status
        assert answer.status_code == 308 or is_clear(answer)


@pytest.mark.parametrize(
    "wrong", ["1abc", "-1", "", ENDLESS, "１", "1" + "0" * 20, "1.0", "\ufffd"]
)
@pytest.mark.parametrize("verb", ["approval", "holding", "spam", "trash"])
def test_a_choice_of_comments_that_are_none_changes_nothing(
    stage: Stage, verb: str, wrong: str
) -> None:
    answer = sent(stage, "eve", f"/admin/comments/{verb}", {"id": wrong})
    assert answer.status_code in (303, 400, 404), answer.status
    many = sent(stage, "eve", f"/admin/comments/{verb}", {"id": [str(n) for n in range(900, 1500)]})
    assert many.status_code in (303, 404, 413)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/?before=x", 404),
        ("GET", "/?x=%00", 400),
        ("PUT", "/", 405),
        ("POST", "/", 405),
        ("POST", "/admin/posts", 405),
        ("DELETE", "/post/alices-published", 405),
        ("POST", "/post/nowhere", 404),
        ("POST", "/account", 401),
    ],
)
def test_what_is_wrong_is_said_in_the_visitors_language(
    stage: Stage, language: str, method: str, path: str, status: int
) -> None:
    headers = {"Accept-Language": language, "Origin": ORIGIN}
    answer = stage.client().open(path, method=method, headers=headers)
    assert answer.status_code == status
    assert is_clear(answer, language)
    assert "Set-Cookie" not in answer.headers
    assert (status == 405) == ("Allow" in answer.headers)


@pytest.mark.parametrize(
    "method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "FOO"]
)
@pytest.mark.parametrize(
    "path", ["/", "/post/alices-published", "/admin/posts/1/trash", "/account"]
)
def test_a_method_that_is_none_is_refused(stage: Stage, method: str, path: str) -> None:
    for actor in ("stranger", "ada"):
        headers = {"Origin": ORIGIN, "X-CSRFToken": stage.tokens.get(actor, "")}
        answer = stage.client(actor).open(path, method=method, headers=headers)
        assert answer.status_code == 405
        assert is_clear(answer)


@pytest.mark.parametrize(
    "cookie",
    [
        "bluelog_session=%00",
        "bluelog_session=" + "x" * 8000,
        "bluelog_session=\xff\xfe",
        "bluelog_session=; bluelog_session=x",
        "theme=\x80; language=\xff",
        "theme=dark; theme=light",
        "=; ;;; =x; x",
        '"; language="zh-Hans',
        "confirm=" + "x" * 100,
    ],
)
def test_a_cookie_that_is_none_does_no_harm(stage: Stage, cookie: str) -> None:
    for path, status in (("/", 200), ("/admin/", 302), ("/auth/login", 200)):
        answer = stage.app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie})
        assert answer.status_code == status
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "\xff;q=x,,;;q=1"},
        {"Accept-Language": ",".join(["x"] * 5000)},
        {"Referer": "http://[::1"},
        {"Referer": "\xff"},
        {"If-None-Match": '"' + "x" * 5000},
        {"If-Modified-Since": "yesterday"},
        {"Range": "bytes=9-1"},
        {"Accept": "\x01"},
        {"X-Forwarded-For": "x" * 5000},
        {"Content-Type": "multipart/form-data"},
        {"Content-Length": "0"},
    ],
    ids=str,
)
def test_a_header_that_is_none_does_no_harm(stage: Stage, headers: dict[str, str]) -> None:
    for path in ("/", "/auth/login", "/change-theme/dark", "/nowhere"):
        answer = stage.client().get(path, headers=headers)
        assert answer.status_code in (200, 302, 404), f"{path}: {answer.status}"
