"""Twenty of the same form at the same moment make one row and one mail."""

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from bluelog.extensions import queue
from tests.browsing import ORIGIN
from tests.databases import Databases
from tests.matrix import COLUMNS
from tests.racing import at_once
from tests.stage import Dump, Stage, staged
from tests.typing_in import FORMS, Filled

TIMES = 20
# The table that each of these forms adds a row to.
MAKING = {
    "/admin/posts/new of alice": "post",
    "/admin/posts/new/publication of alice": "post",
    "/admin/posts/new/submission of carol": "post",
    "/admin/categories/new of eve": "category",
    "/admin/links/new of eve": "link",
    "/admin/people/invitation of ada": "user",
    "/auth/register of stranger": "user",
    "/post/{alices_published_slug} of stranger": "comment",
    "/post/{alices_published_slug} of rita": "comment",
    "/post/{bobs_published_slug}/comments/{reply}/reply of stranger": "comment",
}
# To whom each of them writes: those who moderate or review, or who is to open a link.
WRITTEN_TO = {
    # The form names eve among its authors, who need not be told.
    "/admin/posts/new/submission of carol": ["ada"],
    "/post/{alices_published_slug} of stranger": ["ada", "alice", "eve"],
    "/post/{alices_published_slug} of rita": ["ada", "alice", "eve"],
    "/post/{bobs_published_slug}/comments/{reply}/reply of stranger": ["ada", "bob", "eve"],
    "/admin/people/invitation of ada": ["new"],
    "/auth/register of stranger": ["nina"],
}
SUBMISSION = {"submission_id": "one-submission-of-this-form"}


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("twice")) as stage:
        stage.app.config["MAIL_SERVER"] = "127.0.0.1"
        stage.change_site(registration_open=True)
        stage.keep()
        yield stage
    queue.huey.flush()


@pytest.fixture(autouse=True)
def _as_before(stage: Stage) -> Iterator[None]:
    yield
    stage.restore()


def sent_at_once(stage: Stage, form: Filled, *, from_one_place: bool = False) -> list[TestResponse]:
    """What twenty browsers get, each at an address of its own unless it is one person's."""
    url = stage.url(form.path)
    data: dict[str, Any] = {"csrf_token": stage.tokens.get(form.actor, "")} | SUBMISSION
    data |= {n: v for n, v in form.values.items() if n != "submission_id"} | form.beside(stage)

    def sending(number: int) -> Any:
        place = 1 if from_one_place else number
        client, origin = stage.client(form.actor), {"Origin": ORIGIN}
        overrides = {"REMOTE_ADDR": f"192.0.2.{place}"}

        def send() -> TestResponse:
            answer = client.post(url, data=data, headers=origin, environ_overrides=overrides)
            if answer.status_code == 503 and "Retry-After" in answer.headers:
                # A slow machine cannot write for twenty within its patience: so it is sent again.
                answer = client.post(url, data=data, headers=origin, environ_overrides=overrides)
            return answer

        return send

    with stage.app.app_context():
        return at_once(stage.app, *map(sending, range(1, TIMES + 1)))


def new(before: Dump, after: Dump, table: str) -> list[tuple[Any, ...]]:
    return [row for row in after[table] if row not in before[table]]


@pytest.mark.parametrize("name", MAKING)
def test_twenty_of_a_form_at_once_are_one(stage: Stage, name: str) -> None:
    form, before = _form(name), stage.dump()
    answers = sent_at_once(stage, form)
    after = stage.dump()
    assert {(a.status_code, a.location) for a in answers} == {
        (answers[0].status_code, answers[0].location)
    }
    assert answers[0].status_code in (200, 303)
    assert len(after[MAKING[name]]) - len(before[MAKING[name]]) == 1
    recipients = sorted(_recipient(row) for row in new(before, after, "outgoing_mail"))
    assert recipients == WRITTEN_TO.get(name, [])


def test_who_sends_it_twenty_times_makes_one_row_whatever_the_limit(stage: Stage) -> None:
    form, before = _form("/post/{alices_published_slug} of stranger"), stage.dump()
    answers = sent_at_once(stage, form, from_one_place=True)
    after = stage.dump()
    statuses = [answer.status_code for answer in answers]
    # Those that come when the first is written are answered as it was; the others are counted.
    assert set(statuses) <= {303, 429}
    assert statuses.count(303) >= 6
    assert len(new(before, after, "comment")) == 1
    assert len(new(before, after, "outgoing_mail")) == 3


def test_twenty_approvals_at_once_count_one_comment_and_write_once(stage: Stage) -> None:
    before = stage.dump()
    form = {"csrf_token": stage.tokens["eve"], "id": stage.rows["pending_on_alices"][1]}

    def approving(_number: int) -> Any:
        client = stage.client("eve")
        return lambda: client.post("/admin/comments/approval", data=form)

    with stage.app.app_context():
        answers = at_once(stage.app, *map(approving, range(TIMES)))
    after = stage.dump()
    assert {answer.status_code for answer in answers} == {303}
    assert _comment_count(after) - _comment_count(before) == 1
    assert len(new(before, after, "audit_event")) == 1


def test_twenty_who_take_the_same_name_are_told_but_for_one(stage: Stage) -> None:
    form, before = _form("/admin/categories/new of eve"), stage.dump()
    url, token = stage.url(form.path), {"csrf_token": stage.tokens["eve"]}

    def making(number: int) -> Any:
        client, own = stage.client("eve"), {"submission_id": f"submission-number-{number}"}
        return lambda: client.post(url, data=form.values | token | own)

    with stage.app.app_context():
        answers = at_once(stage.app, *map(making, range(TIMES)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(303), statuses.count(422)) == (1, TIMES - 1)
    assert len(new(before, stage.dump(), "category")) == 1


def _form(name: str) -> Filled:
    return next(form for form in FORMS if str(form) == name)


def _recipient(message: tuple[Any, ...]) -> str:
    """Who that is, by the first half of the address."""
    return str(message[COLUMNS["outgoing_mail"].index("recipient")]).partition("@")[0]


def _comment_count(dump: Dump) -> int:
    return sum(row[COLUMNS["post"].index("comment_count")] for row in dump["post"])
