"""The page that asks once more, and what its token is good for."""

import re
from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browsing import browser, is_signed_in
from tests.conftest import NOW, PASSWORD

FORM = {"login": "rita", "password": PASSWORD}


def asked(client: FlaskClient, path: str = "/auth/login") -> dict[str, str]:
    """The form as the page that asks once more repeats it, with its token."""
    answer = client.post(path, data=FORM)
    assert answer.status_code == 403
    found = re.search(r'name="confirm_token"\s+value="([^"]+)"', answer.text)
    assert found
    return FORM | {"confirm_token": found[1]}


def sent(client: FlaskClient, form: dict[str, str], **headers: Any) -> TestResponse:
    return client.post("/auth/login", data=form, headers=headers)


def test_who_confirms_is_let_through(site: Flask) -> None:
    client = browser(site)
    assert sent(client, asked(client)).status_code == 303
    assert is_signed_in(client)


def test_a_foreign_page_is_refused_even_with_the_token(site: Flask) -> None:
    client = browser(site)
    form = asked(client)
    for headers in (
        {"Origin": "https://evil.example.org"},
        {"Origin": "https://evil.example.org", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert client.post("/auth/login", data=form, headers=headers).status_code == 400
    assert not is_signed_in(client)


def test_a_token_is_good_for_the_browser_that_was_asked_alone(site: Flask) -> None:
    stolen, client = asked(browser(site)), browser(site)
    assert sent(client, stolen).status_code == 403
    asked(client)
    assert sent(client, stolen).status_code == 403
    assert sent(client, FORM | {"confirm_token": "x"}).status_code == 403
    assert not is_signed_in(client)


def test_a_token_is_good_for_the_form_that_was_asked_about_alone(site: Flask) -> None:
    client = browser(site)
    elsewhere = asked(client, "/auth/reset")
    assert sent(client, elsewhere).status_code == 403


def test_a_token_lasts_an_hour(site: Flask) -> None:
    client = browser(site)
    with time_machine.travel(NOW, tick=False):
        form = asked(client)
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        client.set_cookie("confirm", form["confirm_token"], path="/auth/login")
        assert sent(client, form).status_code == 403


def test_words_typed_are_on_the_page_that_asks(site: Flask) -> None:
    page = browser(site).post("/auth/login", data={"login": 'Ann "<b>"', "password": "x"}).text
    assert "Ann &#34;&lt;b&gt;&#34;" in page
