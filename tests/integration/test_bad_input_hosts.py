"""A blog with a public address answers under that one, and leads nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bluelog import create_app
from bluelog.extensions import db
from bluelog.models import Role
from bluelog.settings import TestingConfig
from tests.conftest import NOW, PASSWORD, person
from tests.databases import Databases
from tests.making import make_post
from tests.stage_rows import sited

HOME = "https://blog.example.com"
FORGED = [
    "evil.example.org",
    "blog.example.com.evil.example.org",
    "evil.example.org:443",
    "blog.example.com:8080",
    "blog.example.com@evil.example.org",
    "blog.example.com/evil.example.org",
    "blog.example.com, evil.example.org",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "blog.example.com.",
    "evil example org",
    "",
    "\xff",
    "x" * 5000,
]
ELSEWHERE = [
    "//evil.example.org",
    "https://evil.example.org/",
    "https:evil.example.org",
    "http:///evil.example.org",
    "/\\evil.example.org",
    "\\\\evil.example.org",
    "/\t/evil.example.org",
    "javascript:alert(1)",
    "https://blog.example.com@evil.example.org/",
    "https://blog.example.com.evil.example.org/",
    "///evil.example.org",
    "/%0d%0aLocation:%20https://evil.example.org",
    "data:text/html,x",
    "http://[::1",
    "\x00https://evil.example.org",
]


@contextmanager
def public(databases: Databases, folder: Path, **settings: str) -> Iterator[Flask]:
    """An app on HTTPS at its public address, with a post and somebody to sign in."""
    url = databases.copy(folder)
    wanted = {
        "DATABASE_URL": url,
        "BLUELOG_DATA_DIR": str(folder),
        "BLUELOG_URL": HOME,
        "BLUELOG_FORCE_HTTPS": "on",
        "BLUELOG_OWN_TLS": "on",
    }
    app = create_app(TestingConfig(wanted | settings))
    with app.app_context():
        sited()
        alice = person("alice", Role.AUTHOR)
        db.session.add(alice)
        db.session.commit()
        make_post(alice, "Public", created_at=NOW)
    yield app
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)


@pytest.fixture(scope="module")
def blog(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with public(databases, tmp_path_factory.mktemp("hosts")) as app:
        yield app


@pytest.fixture(scope="module")
def behind_a_proxy(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("proxied")
    with public(databases, folder, BLUELOG_PROXY_COUNT="1", BLUELOG_OWN_TLS="off") as app:
        yield app


@pytest.fixture
def client(blog: Flask) -> FlaskClient:
    return blog.test_client()


def test_at_home_it_is_there(client: FlaskClient) -> None:
    answer = client.get("/post/public", base_url=HOME)
    assert answer.status_code == 200
    assert f'href="{HOME}/post/public"' in answer.text
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("host", FORGED, ids=lambda host: host[:30])
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_forged_host_gets_a_plain_refusal(client: FlaskClient, host: str, scheme: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/admin/"), ("POST", "/auth/reset"), ("GET", "/x")):
        answer = client.open(
            path, method=method, base_url=f"{scheme}://blog.example.com", headers={"Host": host}
        )
        assert answer.status_code == 400, answer.status
        assert '<html lang="en"' in answer.text
        assert "evil" not in f"{answer.headers}{answer.text}"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example.org"},
        {"X-Forwarded-Host": "blog.example.com, evil.example.org"},
        {"Forwarded": "host=evil.example.org"},
        {"X-Original-URL": "/admin/", "X-Rewrite-URL": "/admin/"},
        {"X-Forwarded-Prefix": "//evil.example.org"},
        {"X-HTTP-Method-Override": "DELETE"},
    ],
    ids=str,
)
def test_what_a_client_says_of_a_proxy_is_not_heard(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer = client.get("/post/public", base_url=HOME, headers=headers)
    assert answer.status_code == 200
    assert answer.data == client.get("/post/public", base_url=HOME).data


def test_behind_a_proxy_its_word_counts_and_is_checked(behind_a_proxy: Flask) -> None:
    said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    client = behind_a_proxy.test_client()
    inside = "http://127.0.0.1:8000"
    at_home = client.get(
        "/", base_url=inside, headers=said | {"X-Forwarded-Host": "blog.example.com"}
    )
    assert at_home.status_code == 200
    for host in ("evil.example.org", "blog.example.com, evil.example.org", ""):
        answer = client.get("/", base_url=inside, headers=said | {"X-Forwarded-Host": host})
        assert answer.status_code == 400


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Ssl": "on"}])
def test_plain_http_leads_to_https_at_home(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.get("/post/public?a=1", base_url="http://blog.example.com", headers=headers)
    assert (answer.status_code, answer.location) == (308, f"{HOME}/post/public?a=1")
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_of_a_session_is_for_this_host_and_https_alone(client: FlaskClient) -> None:
    answer = sign_in(client)
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-bluelog_session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "origin",
    [
        "http://blog.example.com",
        "https://blog.example.com:8443",
        "https://evil.example.org",
        "https://blog.example.com.evil.example.org",
        "https://evil.example.org/https://blog.example.com",
        "http://localhost",
    ],
)
def test_a_form_of_another_origin_is_refused(client: FlaskClient, origin: str) -> None:
    answer = sign_in(client, headers={"Origin": origin})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nothing_leads_elsewhere(blog: Flask, target: str) -> None:
    headers = {"Referer": target.replace("\0", "").replace("\t", "")}
    for path in ("/change-theme/dark", "/change-language/en"):
        answer = blog.test_client().get(
            path, base_url=HOME, headers=headers, query_string={"next": target}
        )
        assert answer.status_code == 400 or answer.location in {"/", *INERT}
    answer = sign_in(blog.test_client(), query_string={"next": target})
    assert answer.status_code == 400 or answer.location in {"/admin/", *INERT}


# Paths of this site after all, odd as they are.
INERT = {"/evil.example.org", "/%0d%0aLocation:%20https://evil.example.org"}


def sign_in(client: FlaskClient, **options: Any) -> TestResponse:
    options = {"headers": {"Origin": HOME}} | options
    form = {"login": "alice", "password": PASSWORD}
    return client.post("/auth/login", base_url=HOME, data=form, **options)
