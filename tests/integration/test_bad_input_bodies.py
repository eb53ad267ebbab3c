"""Bodies that are no form, or too much of one."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from bluelog.blueprints.admin.forms import LONGEST_SOURCE
from tests.browsing import ORIGIN
from tests.databases import Databases
from tests.stage import Stage, staged
from tests.typing_in import FORMS, Filled, changes, controls, is_back, send, send_parts


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("bodies")) as stage:
        stage.change_site(registration_open=True)
        stage.keep()
        yield stage


@pytest.fixture(autouse=True)
def _as_before(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "stage" in request.fixturenames:
        request.getfixturevalue("stage").restore()


BODIES: dict[str, tuple[str | None, bytes]] = {
    "JSON": ("application/json", b'{"title": "x"}'),
    "broken JSON": ("application/json", b'{"title": '),
    "plain text": ("text/plain", b"title=x"),
    "no type": (None, b"title=x"),
    "a type that is none": ("\xff/;;=", b"title=x"),
    "parts without a boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "parts that never come": ("multipart/form-data; boundary=x", b"no boundary here"),
    "a part cut off": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nabc',
    ),
    "nothing": ("application/x-www-form-urlencoded", b""),
}


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_body_that_is_no_form_is_refused(stage: Stage, form: Filled) -> None:
    before, headers = stage.dump(), {"Origin": ORIGIN}
    headers["X-CSRFToken"] = stage.tokens.get(form.actor, "")
    wanted = (303, 400, 422) if form.may_be_empty else (400, 422)
    for name, (content_type, data) in BODIES.items():
        answer = stage.client(form.actor).post(
            stage.url(form.path), data=data, content_type=content_type, headers=headers
        )
        assert answer.status_code in wanted, f"{name}: {answer.status}"
        assert answer.status_code == 303 or "<h1" in answer.text
        assert form.may_be_empty or changes(stage, before) == [], name


@pytest.mark.parametrize("value", [5, True, None, 1.5, {"a": 1}, ["x", 2], "a\0b", "x" * 50_000])
def test_json_is_no_form(stage: Stage, value: object) -> None:
    before = stage.dump()
    for form in FORMS:
        if form.may_be_empty:  # and that is what it is to the app
            continue
        headers = {"Origin": ORIGIN, "X-CSRFToken": stage.tokens.get(form.actor, "")}
        data = form.beside(stage) | dict.fromkeys(form.values, value)
        answer = stage.client(form.actor).post(stage.url(form.path), json=data, headers=headers)
        assert answer.status_code in (400, 422), f"{form}: {answer.status}"
        assert changes(stage, before) == [], str(form)


@pytest.mark.parametrize(("parts", "status"), [(900, 422), (1200, 413), (20_000, 413)])
def test_a_form_of_too_many_parts_is_too_large(stage: Stage, parts: int, status: int) -> None:
    before = stage.dump()
    head = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = head.format("csrf_token", stage.tokens["alice"]) + head.format("f", "v") * parts
    answer = stage.client("alice").post(
        "/admin/posts/new", data=f"{body}--x--\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == status
    assert "<h1" in answer.text
    assert changes(stage, before) == []


@pytest.mark.parametrize(("fields", "status"), [(900, 422), (1200, 413), (1_000_000, 413)])
def test_a_line_of_too_many_fields_is_too_large(stage: Stage, fields: int, status: int) -> None:
    before = stage.dump()
    body = urlencode({"csrf_token": stage.tokens["alice"]}) + "&f=v" * fields
    answer = stage.client("alice").post(
        "/admin/posts/new", data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == status
    assert "<h1" in answer.text
    assert changes(stage, before) == []


def test_a_text_longer_than_is_taken_comes_back_whole(stage: Stage) -> None:
    """Counted in characters, of which a Chinese one is three bytes."""
    typed = FORMS[0].values | {"source": "汉" * (LONGEST_SOURCE + 1)}
    answer = send_parts(stage, FORMS[0], typed)
    assert is_back(answer), answer.status
    assert controls(answer.text)["source"] == typed["source"]


@pytest.mark.parametrize("sending", [send, send_parts])
def test_what_is_larger_than_any_upload_is_too_large(
    stage: Stage, sending: Callable[..., TestResponse]
) -> None:
    before = stage.dump()
    answer = sending(stage, FORMS[0], {"source": "x" * 12 * 1024**2})
    assert answer.status_code == 413
    assert '<html lang="en"' in answer.text
    assert changes(stage, before) == []


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"upload": ""},
        {"upload": (BytesIO(b""), "")},
        {"upload": (BytesIO(b""), "empty.png")},
        {"upload": (BytesIO(b"<svg onload='x'>"), "x.svg")},
        {"upload": (BytesIO(b"GIF89a" + bytes(50)), "../../x.gif")},
        {"upload": (BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(50)), "a\0b.png")},
        {"file": (BytesIO(b"x"), "x.png")},
    ],
)
def test_an_upload_without_a_picture_is_refused(stage: Stage, sent: dict[str, Any]) -> None:
    before = stage.dump()
    copied = {n: (BytesIO(v[0].getvalue()), v[1]) if v else v for n, v in sent.items()}
    data = copied | {"csrf_token": stage.tokens["alice"]}
    answer = stage.client("alice").post("/admin/upload", data=data)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["message"]
    assert changes(stage, before) == []
