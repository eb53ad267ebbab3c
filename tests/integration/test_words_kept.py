"""A form refused because its session ended or changed gives back what was typed, to no other."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bluelog.web import confirmation
from bluelog.web.errors import error_page
from tests.browsing import ORIGIN, browser
from tests.conftest import PASSWORD
from tests.databases import Databases
from tests.stage import Stage, staged
from tests.typing_in import FORMS, WORDS, Filled, changes, controls

OF_PEOPLE = [form for form in FORMS if form.actor != "stranger" and form.path[:6] != "/post/"]
WRITTEN = [form for form in OF_PEOPLE if form.path != "/account/password"]
OURS = {"Origin": ORIGIN}
FOREIGN = [
    {"Origin": "https://elsewhere.example.org"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": ORIGIN},
    OURS | {"Sec-Fetch-Site": "cross-site"},
]
SECRET = "a-secret-that-was-typed"
POST = FORMS[0]


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("kept")) as stage:
        yield stage


@pytest.fixture(autouse=True)
def _as_before(stage: Stage) -> Iterator[None]:
    yield
    stage.restore()


def typed_in(form: Filled) -> dict[str, Any]:
    return form.values | dict.fromkeys(form.secret, SECRET)


def refused(
    stage: Stage, form: Filled, actor: str, headers: dict[str, str], **values: Any
) -> TestResponse:
    """The answer to a form with a token that is none."""
    data = typed_in(form) | {"csrf_token": SECRET} | values
    return stage.client(actor).post(stage.url(form.path), data=data, headers=headers)


def may_be_sent(answer: TestResponse) -> bool:
    return '<form method="post">' in answer.text


def sent_again(client: FlaskClient, answer: TestResponse) -> TestResponse:
    """What the button on the page does."""
    assert may_be_sent(answer)
    address = answer.request.path
    return client.post(address, data=controls(answer.text), headers=OURS)


@pytest.mark.parametrize("form", WRITTEN, ids=str)
@pytest.mark.parametrize("is_signed_out", [True, False])
def test_every_field_but_a_secret_comes_back(
    stage: Stage, form: Filled, is_signed_out: bool
) -> None:
    before = stage.dump()
    answer = refused(stage, form, "stranger" if is_signed_out else form.actor, OURS)
    assert answer.status_code == (401 if is_signed_out else 400)
    held = controls(answer.text)
    shown = {name: held[name].replace("\r\n", "\n") for name in form.values if name in held}
    assert shown == {n: str(v) for n, v in form.values.items() if n not in form.secret}
    assert SECRET not in answer.text
    assert may_be_sent(answer)
    assert changes(stage, before) == []


@pytest.mark.parametrize("actor", ["stranger", "ada"])
def test_the_page_is_nobody_elses_and_does_nothing_by_itself(stage: Stage, actor: str) -> None:
    answer = refused(stage, POST, actor, OURS)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert WORDS not in answer.text  # which has what must be escaped


def test_what_a_writer_typed_survives_that_the_session_ended(stage: Stage) -> None:
    lost = browser(stage.app)
    first = lost.post("/admin/posts/new", data=POST.values | {"csrf_token": "old"}, headers=OURS)
    assert first.status_code == 401
    assert 'target="_blank"' in first.text
    assert "you are asked once more" in first.text
    lost.post("/auth/login", data={"login": "alice", "password": PASSWORD}, headers=OURS)
    second = sent_again(lost, first)
    assert second.status_code == 400
    third = sent_again(lost, second)
    assert third.status_code == 303
    form = controls(lost.get(third.location).text)
    assert (form["title"], form["excerpt"]) == (POST.values["title"], POST.values["excerpt"])


def test_sent_again_by_somebody_else_it_goes_by_that_persons_rights(stage: Stage) -> None:
    before = stage.dump()
    rita = stage.client("rita")
    answer = sent_again(rita, refused(stage, POST, "rita", OURS))
    assert answer.status_code == 403
    assert controls(answer.text)["title"] == POST.values["title"]
    assert not may_be_sent(answer)
    assert changes(stage, before) == []


def test_a_click_on_it_by_a_stranger_changes_nothing(stage: Stage) -> None:
    before = stage.dump()
    stranger = browser(stage.app)
    again = sent_again(stranger, refused(stage, POST, "stranger", OURS))
    assert again.status_code == 401
    assert changes(stage, before) == []


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("actor", ["stranger", "ada"])
def test_a_forged_form_is_not_made_one_of_ours(
    stage: Stage, actor: str, headers: dict[str, str]
) -> None:
    answer = refused(stage, POST, actor, headers)
    assert answer.status_code == 400
    assert controls(answer.text) == {}


@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}])
def test_whose_sender_is_unknown_may_only_be_copied(stage: Stage, headers: dict[str, str]) -> None:
    answer = refused(stage, POST, "ada", headers)
    assert answer.status_code == 400
    assert controls(answer.text)["title"] == POST.values["title"]
    assert not may_be_sent(answer)
    assert "csrf_token" not in answer.text


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("actor", ["stranger", "ada"])
def test_a_confirmation_is_worth_nothing_from_elsewhere(
    stage: Stage, actor: str, headers: dict[str, str]
) -> None:
    before = stage.dump()
    client = stage.client(actor)
    address = stage.url("/post/{alices_published_slug}")
    token = controls(browser(stage.app).post(address).text)[confirmation.FIELD]
    client.set_cookie(confirmation.COOKIE, token, path=address)
    answer = client.post(address, data={confirmation.FIELD: token, "body": WORDS}, headers=headers)
    assert answer.status_code == 400
    assert "Tom" not in answer.text
    assert changes(stage, before) == []


def test_a_confirmation_stands_for_no_token(stage: Stage) -> None:
    before = stage.dump()
    client = stage.client("ada")
    token = controls(browser(stage.app).post("/admin/posts/new").text)[confirmation.FIELD]
    client.set_cookie(confirmation.COOKIE, token, path="/admin/posts/new")
    answer = refused(stage, POST, "ada", {}, **{confirmation.FIELD: token})
    assert answer.status_code == 400
    assert changes(stage, before) == []


def test_a_stranger_who_confirmed_is_given_the_words_back(stage: Stage) -> None:
    client = browser(stage.app)
    asked = client.post("/admin/posts/new", data=POST.values)
    assert asked.status_code == 403
    answer = client.post("/admin/posts/new", data=controls(asked.text))
    assert answer.status_code == 401
    assert controls(answer.text)["title"] == POST.values["title"]
    assert may_be_sent(answer)
    assert confirmation.FIELD not in answer.text


def test_a_form_without_words_has_nothing_to_give_back(stage: Stage) -> None:
    path = stage.url("/admin/posts/{alices_draft}/trash")
    answer = stage.client("ada").post(path, data={"csrf_token": "old"}, headers=OURS)
    assert answer.status_code == 400
    assert not may_be_sent(answer)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_page_speaks_the_visitors_language(stage: Stage, language: str) -> None:
    headers = OURS | {"Accept-Language": language}
    answer = refused(stage, POST, "stranger", headers)
    assert f'<html lang="{language}"' in answer.text
    assert ("输入的内容" in answer.text) == (language == "zh-Hans")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/no/where", 404), ("/links", 405), ("/admin/posts", 405)],
)
@pytest.mark.parametrize("actor", ["stranger", "ada"])
@pytest.mark.parametrize("headers", [{}, OURS, FOREIGN[0]])
def test_what_takes_no_form_says_so_and_asks_nothing(
    stage: Stage, actor: str, path: str, status: int, headers: dict[str, str]
) -> None:
    answer = stage.client(actor).post(path, data={"body": "My words."}, headers=headers)
    assert answer.status_code == status
    assert confirmation.FIELD not in answer.text
    assert ("My words." in answer.text) == (headers != FOREIGN[0])
    assert not answer.headers.getlist("Set-Cookie")


def test_a_post_out_of_reach_meanwhile_costs_no_words(stage: Stage) -> None:
    path = stage.url("/admin/posts/{alices_draft}/edit")
    data = POST.values | {"csrf_token": stage.tokens["bob"], "version": "1"}
    for address in (path, "/admin/posts/999999/edit"):
        answer = stage.client("bob").post(address, data=data, headers=OURS)
        assert answer.status_code == 404
        assert controls(answer.text)["title"] == POST.values["title"]
        assert not may_be_sent(answer)


@pytest.mark.parametrize(
    ("code", "is_passing"),
    [
        (400, False),
        (401, True),
        (403, False),
        (404, False),
        (429, True),
        (500, False),
        (503, True),
        (507, True),
    ],
)
def test_it_may_be_sent_again_where_that_may_help(
    stage: Stage, code: int, is_passing: bool
) -> None:
    for headers, is_ours in ((OURS, True), ({}, False)):
        with stage.app.test_request_context(
            "/account", method="POST", data={"bio": "Mine."}, headers=headers
        ):
            page = error_page(code).get_data(as_text=True)
        assert "Mine." in page
        assert ('<form method="post">' in page) == (is_passing and is_ours)
