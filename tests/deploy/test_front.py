"""What nginx, gunicorn and the app make of a request together."""

import re

import pytest

from tests.deploy.acts import comment, publish
from tests.deploy.asking import Client
from tests.deploy.conftest import Stage

pytestmark = pytest.mark.deploy

HALF_A_YEAR_SECONDS = 15_552_000
FORGED = {
    "X-Forwarded-For": "203.0.113.{n}",
    "X-Real-IP": "203.0.113.{n}",
    "Forwarded": "for=203.0.113.{n};proto=http;host=evil.example",
    "X-Client-IP": "203.0.113.{n}",
    "True-Client-IP": "203.0.113.{n}",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "1",
    "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/",
}


def forged(number: int) -> dict[str, str]:
    return {name: value.format(n=number) for name, value in FORGED.items()}


def test_an_address_is_counted_as_it_is_whatever_it_says(stage: Stage) -> None:
    path = publish(stage.ada(), "Counted")
    liar, honest = stage.client(11), stage.client(12)
    outcomes = [comment(liar, path, f"Word {n}.", **forged(n)).status for n in range(8)]
    assert outcomes == [303] * 6 + [429] * 2
    assert comment(honest, path, "A word.").status == 303


def test_a_forged_header_changes_no_page(stage: Stage) -> None:
    path = publish(stage.ada(), "Unchanged")
    plain = stage.client().get(path)
    for headers in (forged(1), *({name: value} for name, value in forged(2).items())):
        answer = stage.client().ask("GET", f"{path}?x={len(headers)}", headers=headers)
        assert (answer.status, answer.body) == (200, plain.body), headers
    assert "evil" not in stage.client().ask("GET", "/auth/login", headers=forged(3)).text


def test_plain_http_leads_to_https(stage: Stage) -> None:
    site = stage.server.site
    plain = Client(f"http://{site.domain}:{site.http_port}")
    for path in ("/", "/post/a?b=c&d", "/admin/", "//evil.example/"):
        answer = plain.get(path)
        assert (answer.status, answer.headers["Location"]) == (308, f"{site.url}{path}")
    sent = plain.post("/auth/login", {"login": "ada", "password": "x"})
    assert (sent.status, sent.headers["Set-Cookie"]) == (308, None)


def test_every_answer_over_https_keeps_browsers_there(stage: Stage) -> None:
    page = stage.client().get("/")
    stylesheet = re.search(r'href="(/static/css/[^"]+)"', page.text)
    assert stylesheet
    paths = ["/", "/no/such/page", "/auth/login", "/admin/", stylesheet[1], "/static/favicon.ico"]
    for path in [*paths, "/uploads/x.png", "/outage.html"]:
        said = stage.client().get(path).headers["Strict-Transport-Security"]
        seconds = re.match(r"max-age=(\d+)", said or "")
        assert seconds, path
        assert int(seconds[1]) >= HALF_A_YEAR_SECONDS, path


def test_a_session_cookie_is_bound_to_this_host_and_to_https(stage: Stage) -> None:
    form = {"login": "ada", "password": "a-lantern-by-the-window"}
    answer = stage.client().post("/auth/login", form)
    (line,) = answer.headers.get_all("Set-Cookie") or ()
    name, *flags = [part.strip() for part in line.split(";")]
    assert name.startswith("__Host-bluelog_session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(flags)
    assert not any(flag.startswith("Domain") for flag in flags)


@pytest.mark.parametrize("path", ["/change-theme/dark", "/change-language/en"])
def test_a_readers_cookie_is_secure_too(stage: Stage, path: str) -> None:
    (line,) = stage.client().get(path).headers.get_all("Set-Cookie") or ()
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in line.split(";")}


@pytest.mark.parametrize("path", ["/", "/post/none", "/links", "/auth/login", "/auth/password"])
def test_a_stranger_gets_no_cookie(stage: Stage, path: str) -> None:
    assert stage.client().get(path).headers["Set-Cookie"] is None


def test_another_host_gets_no_page(stage: Stage) -> None:
    url = stage.server.site.url.replace("blog.localhost", "evil.localhost")
    with pytest.raises(OSError, match=r"(?i)unrecognized.name|alert|reset|EOF"):
        Client(url).get("/")
    other = stage.client().ask("GET", "/", headers={"Host": "evil.localhost"})
    assert other.status == 421
