"""The blog is asked at its own address, through proxies that do what proxies do."""

from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from bluelog.operations.doctor import Level
from bluelog.operations.doctor.arrival import HEADER, VALID_SECONDS, question
from tests.integration.doctor.steps import found_by, levels, served
from tests.postbox import free_port

NGINX = "192.0.2.80"


class Proxy:
    """What nginx makes of a request before the app sees it."""

    def __init__(self, inner: Any, *, adds: bool = True, **changes: str) -> None:
        self.inner, self.adds, self.changes = inner, adds, changes

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if self.adds:
            came = environ.get("HTTP_X_FORWARDED_FOR")
            parts = [came] if came else []
            environ["HTTP_X_FORWARDED_FOR"] = ", ".join([*parts, environ["REMOTE_ADDR"]])
            environ["REMOTE_ADDR"] = NGINX
        environ |= self.changes
        answer: Iterable[bytes] = self.inner(environ, start)
        return answer


class Late(BaseHTTPRequestHandler):
    """A web server whose clock stopped."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def date_time_string(self, _timestamp: float | None = None) -> str:
        return "Tue, 10 Mar 2020 12:00:00 GMT"


def behind(app: Flask, *, counted: int, proxies: int, **proxy: Any) -> Any:
    """The app as it believes `counted` proxies and stands behind `proxies`."""
    app.config["BLUELOG_PROXY_COUNT"] = counted
    wsgi: Any = app.wsgi_app
    if counted:
        wsgi = ProxyFix(wsgi, x_for=counted, x_proto=counted, x_host=counted)
    for _ in range(proxies):
        wsgi = Proxy(wsgi, **proxy)
    return wsgi


@pytest.mark.parametrize(
    ("counted", "proxies", "level", "command"),
    [
        (0, 0, Level.FINE, ""),
        (1, 1, Level.FINE, ""),
        (2, 2, Level.FINE, ""),
        (0, 1, Level.FAILURE, "BLUELOG_PROXY_COUNT=1"),
        (1, 0, Level.FAILURE, "BLUELOG_PROXY_COUNT=0"),
        (3, 1, Level.FAILURE, "BLUELOG_PROXY_COUNT=1"),
        (1, 3, Level.FAILURE, "BLUELOG_PROXY_COUNT=3"),
    ],
)
def test_the_count_is_held_against_the_proxies_there_are(
    context: Flask, counted: int, proxies: int, level: Level, command: str
) -> None:
    with served(behind(context, counted=counted, proxies=proxies)) as port:
        context.config["BLUELOG_URL"] = f"http://127.0.0.1:{port}"
        (found,) = found_by("address")
    assert (found.level, found.command) == (level, command)
    assert ("127.0.0.1" in str(found.words)) == (level is Level.FINE)


def test_a_proxy_that_hides_host_and_scheme_is_told_what_to_pass_on(context: Flask) -> None:
    hiding = {"HTTP_HOST": "backend", "wsgi.url_scheme": "https"}
    with served(behind(context, counted=1, proxies=1, **hiding)) as port:
        context.config["BLUELOG_URL"] = f"http://127.0.0.1:{port}"
        found = found_by("address")
    assert [finding.level for finding in found] == [Level.FINE, Level.FAILURE, Level.FAILURE]
    assert [finding.command.split()[1] for finding in found[1:]] == ["X-Forwarded-Proto", "Host"]


def test_an_address_nobody_answers_at_is_a_warning(context: Flask) -> None:
    context.config["BLUELOG_URL"] = f"http://127.0.0.1:{free_port()}"
    assert levels("address") == [Level.WARNING]


def test_another_blog_at_our_address_is_no_blog_of_ours(context: Flask) -> None:
    def another(_environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"ok\n"]

    with served(another) as port:
        context.config["BLUELOG_URL"] = f"http://127.0.0.1:{port}"
        assert levels("address") == [Level.FAILURE]


def test_a_clock_elsewhere_that_is_wrong_is_told(context: Flask) -> None:
    with HTTPServer(("127.0.0.1", 0), Late) as server:
        Thread(target=server.handle_request, daemon=True).start()
        context.config["BLUELOG_URL"] = f"http://127.0.0.1:{server.server_port}"
        assert levels("clock") == [Level.FAILURE]
    with served(context) as port:
        context.config["BLUELOG_URL"] = f"http://127.0.0.1:{port}"
        assert levels("clock") == [Level.FINE]


def test_only_the_doctor_is_told_how_a_request_arrived(context: Flask) -> None:
    client = context.test_client()
    asked = client.get("/healthz", headers={HEADER: question("x"), "X-Forwarded-For": "192.0.2.7"})
    assert asked.json is None
    assert '"192.0.2.7"' in asked.text
    for forged in ("", "x", question("x")[:-1], question("x").swapcase()):
        answer = client.get("/healthz", headers={HEADER: forged})
        assert answer.text == "ok\n"


def test_a_question_is_good_for_seconds_only(context: Flask) -> None:
    client = context.test_client()
    with time_machine.travel("2026-03-10 12:00:00Z", tick=False) as clock:
        old = question("x")
        clock.shift(VALID_SECONDS)
        assert client.get("/healthz", headers={HEADER: old}).text != "ok\n"
        clock.shift(2)
        assert client.get("/healthz", headers={HEADER: old}).text == "ok\n"


def test_a_question_of_another_blog_is_not_answered(context: Flask) -> None:
    with context.app_context():
        foreign = question("x")
        context.config["SECRET_KEY"] = "another-key-altogether-5521"
        answer = context.test_client().get("/healthz", headers={HEADER: foreign})
    assert answer.text == "ok\n"
