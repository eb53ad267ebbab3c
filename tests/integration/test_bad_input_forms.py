"""A form that breaks a rule comes back whole, and no form has to be well meant."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from bluelog.blueprints.auth.setup import setup_code
from bluelog.extensions import db, queue
from bluelog.models import Site, User
from tests.browsing import ORIGIN
from tests.databases import Databases
from tests.stage import Stage, staged
from tests.typing_in import FORMS, WORDS, Filled, changes, controls, is_back, send

ALL = pytest.mark.parametrize("form", FORMS, ids=str)


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("forms")) as stage:
        stage.app.config["MAIL_SERVER"] = "127.0.0.1"
        stage.change_site(registration_open=True)
        stage.keep()
        yield stage
    queue.huey.flush()


@pytest.fixture(autouse=True)
def _as_before(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "stage" in request.fixturenames:
        request.getfixturevalue("stage").restore()


@ALL
def test_the_form_as_it_is_would_be_taken(stage: Stage, form: Filled) -> None:
    """Else the tests below would find what they look for whatever was wrong."""
    if form.path == "/auth/login":  # nobody has that name
        return
    assert send(stage, form, form.values).status_code in (200, 303)


@ALL
def test_a_refused_form_shows_again_all_that_was_typed(stage: Stage, form: Filled) -> None:
    for name, wrong_values in form.refused.items():
        for wrong in wrong_values:
            before, typed = stage.dump(), form.values | {name: wrong}
            answer = send(stage, form, typed)
            assert is_back(answer), f"{name}={wrong[:30]!r}: {answer.status}"
            assert "no-store" in answer.headers["Cache-Control"]
            _assert_shown(form, name, typed, answer.text)
            assert changes(stage, before) == []


@pytest.mark.parametrize("path", ["/auth/register", "/auth/invitation/{invitation_link}"])
@pytest.mark.parametrize("username", ["a b", "bob"], ids=["unfit", "taken"])
def test_a_name_and_a_password_are_refused_together(stage: Stage, path: str, username: str) -> None:
    [form] = [form for form in FORMS if form.path == path]
    wrong = {"username": username, "password": "password123"}
    answer = send(stage, form, form.values | wrong)
    marked = LexborHTMLParser(answer.text).css("[aria-invalid=true]")
    assert {node.attributes["name"] for node in marked} == wrong.keys()


def test_a_name_and_a_password_are_looked_at_beside_a_wrong_address(stage: Stage) -> None:
    [form] = [form for form in FORMS if form.path == "/auth/register"]
    wrong = {"username": "a b", "password": "password123", "email": "x"}
    answer = send(stage, form, form.values | wrong)
    marked = LexborHTMLParser(answer.text).css("[aria-invalid=true]")
    assert {node.attributes["name"] for node in marked} == wrong.keys()


def _assert_shown(form: Filled, wrong_name: str, typed: dict[str, Any], page: str) -> None:
    shown = controls(page)
    for name, value in typed.items():
        if name in form.secret:
            assert not shown.get(name), f"{name} is a secret"
        elif name != wrong_name or name in _AS_TYPED:
            assert shown.get(name, "").strip() == value.strip(), name
    assert 'aria-invalid="true"' in page or 'role="alert"' in page


# Single choices cannot show what was never among them.
_AS_TYPED = {
    *("title", "slug", "excerpt", "original", "body", "author", "email", "site", "name", "url"),
    "bio",
}


@ALL
def test_an_empty_form_comes_back(stage: Stage, form: Filled) -> None:
    before = stage.dump()
    answer = send(stage, form, {})
    if form.may_be_empty and answer.status_code == 303:
        return
    assert is_back(answer), answer.status
    assert changes(stage, before) == []


@ALL
def test_a_form_comes_back_in_the_visitors_language(stage: Stage, form: Filled) -> None:
    if form.may_be_empty:
        return
    data = form.beside(stage) | {"csrf_token": stage.tokens.get(form.actor, "")}
    headers = {"Origin": ORIGIN, "Accept-Language": "zh-CN"}
    answer = stage.client(form.actor).post(stage.url(form.path), data=data, headers=headers)
    assert is_back(answer, "zh-Hans")


@ALL
def test_no_field_takes_a_nul(stage: Stage, form: Filled) -> None:
    before = stage.dump()
    for name in form.values:
        answer = send(stage, form, form.values | {name: f"a\0{form.values[name]}"})
        assert answer.status_code == 400, f"{name}: {answer.status}"
        assert "<h1" in answer.text
    assert changes(stage, before) == []


@ALL
def test_a_field_of_a_hundred_thousand_characters_breaks_nothing(
    stage: Stage, form: Filled
) -> None:
    for name in (*form.values, "csrf_token_", "kind", "next"):
        answer = send(stage, form, form.values | {name: "x" * 100_000})
        assert answer.status_code in (200, 303, 404, 422), f"{name}: {answer.status}"
        stage.restore()


@ALL
def test_bytes_that_are_no_text_break_nothing(stage: Stage, form: Filled) -> None:
    token = stage.tokens.get(form.actor, "").encode()
    for name in form.values:
        body = b"csrf_token=" + token + b"&" + name.encode() + b"=%ff%fe%80\xff%ED%A0%80&%zz=%"
        answer = stage.client(form.actor).post(
            stage.url(form.path),
            data=body,
            content_type="application/x-www-form-urlencoded; charset=utf-16",
            headers={"Origin": ORIGIN},
        )
        assert answer.status_code in (200, 303, 400, 422), f"{name}: {answer.status}"
        stage.restore()


def test_a_cover_that_is_no_picture_is_named_and_the_text_kept(stage: Stage) -> None:
    before = stage.dump()
    data = FORMS[0].values | {"cover": (BytesIO(b"no picture"), "x.png")}
    answer = send(stage, FORMS[0], data)
    assert is_back(answer)
    assert {n: v.strip() for n, v in controls(answer.text).items() if n in FORMS[0].values} == {
        n: v.strip() for n, v in FORMS[0].values.items()
    }
    assert changes(stage, before) == []


def test_what_somebody_else_saved_meanwhile_costs_nobody_a_word(stage: Stage) -> None:
    form = next(f for f in FORMS if f.path == "/admin/posts/{alices_pending}/edit")
    assert send(stage, form, form.values).status_code == 303
    late = form.values | {"title": "Mine", "slug": "mine"}
    answer = send(stage, form, late)
    shown = controls(answer.text)
    assert answer.status_code == 409
    assert {n: shown[n].strip() for n in late if n != "version"} == {
        n: v.strip() for n, v in late.items() if n != "version"
    }
    assert "Tom &amp; " in answer.text
    again = send(stage, form, late | {"version": shown["version"]})
    assert again.status_code == 303


def test_the_first_page_of_a_blog_shows_again_what_was_typed(app: Flask) -> None:
    with app.app_context():
        token = setup_code()
    typed = {"code": token, "title": WORDS, "description": WORDS, "language": "zh-Hans"}
    typed |= {"time_zone": "Asia/Shanghai", "username": "ada", "name": WORDS}
    typed |= {"email": "ada@example.org", "password": "copper-heron-17-lake"}
    wrong = {"code": "x", "title": "", "username": "a b", "email": "x", "password": "short"}
    for name, value in wrong.items():
        data = typed | {name: value}
        answer = app.test_client().post("/setup", data=data, headers={"Origin": ORIGIN})
        shown = controls(answer.text)
        assert answer.status_code == 422
        assert not shown.pop("password")
        assert {n: shown[n] for n in data if n != "password"} == {
            n: v for n, v in data.items() if n != "password"
        }
    with app.app_context():
        assert db.session.scalars(db.select(Site)).all() == []
        assert db.session.scalars(db.select(User)).all() == []
        db.session.rollback()
    answer = app.test_client().post("/setup", data=typed, headers={"Origin": ORIGIN})
    assert answer.status_code == 303
