"""No address is open by oversight: the whole map of addresses is walked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from bluelog.blueprints.admin import AREAS
from bluelog.web.guards import SAFE_METHODS, WITHOUT_ORIGIN
from tests.conftest import NOW
from tests.databases import Databases
from tests.matrix import COLUMNS
from tests.stage import Dump, Stage, staged

FOREIGN = {"Origin": "https://elsewhere.example.org"}
# Changes that need neither token nor Origin. A mail program posts here by itself, as RFC 8058 says,
# and the signed address is the right.
EXEMPT = frozenset({"auth.unsubscribe"})
# What one value of each kind of placeholder may be, where there is no row of that name.
OBJECTS = {
    "post_id": "alices_draft",
    "comment_id": "pending_on_alices",
    "category_id": "travel",
    "link_id": "link",
    "item_id": "page_entry",
    "preview_id": "preview_link",
    "tag_id": "lamps",
    "series_id": "voyages",
    "redirect_id": "moved",
    "address_id": "missed",
    "user_id": "bob",
    "audit_id": "alices_act",
    "upload_id": "picture",
    "copy_id": "alices_copy",
}


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("guards")) as stage:
        yield stage


def addresses(stage: Stage) -> Iterator[tuple[Rule, str]]:
    """Every rule, with an address of it that names rows that are there."""
    named = stage.addresses
    words: dict[str, Any] = {name: stage.rows[row][1] for name, row in OBJECTS.items()} | {
        "slug": named["alices_published_slug"],
        "parent": named["about_slug"],
        "signed": named["reset_link"],
        "username": "alice",
        "year": 2026,
        "month": 3,
        "name": "dark",
        "code": "en",
        "digest": named["custom_css_digest"],
        "extension": "css",
        "filename": "css/reader.css",
        "form": "atom",
        "number": 1,
    }
    with stage.app.test_request_context():
        adapter = stage.app.url_map.bind("localhost")
        for rule in stage.app.url_map.iter_rules():
            values = {name: words[name] for name in rule.arguments}
            yield rule, adapter.build(rule.endpoint, values, append_unknown=False)


def methods(rule: Rule) -> set[str]:
    return set(rule.methods or ()) - {"OPTIONS"}


def changing(rule: Rule) -> set[str]:
    return methods(rule) - SAFE_METHODS


def is_of_the_dashboard(rule: Rule) -> bool:
    return str(rule.endpoint).startswith("admin.")


def test_the_dashboard_is_the_blueprint_and_all_below_its_address(app: Flask) -> None:
    below = {r.endpoint for r in app.url_map.iter_rules() if r.rule.startswith("/admin")}
    # The address pictures had in the original, where every reader finds them.
    strangers = {e for e in below if not e.startswith("admin.")}
    assert strangers == {"blog.former_upload"}
    assert {r.endpoint for r in app.url_map.iter_rules() if is_of_the_dashboard(r)} < below


def test_strangers_are_sent_to_sign_in_from_every_page_of_the_dashboard(stage: Stage) -> None:
    open_: list[str] = []
    for rule, address in addresses(stage):
        for method in methods(rule) if is_of_the_dashboard(rule) else ():
            answer = stage.client().open(
                address, method=method, headers={"Origin": "http://localhost"}
            )
            is_asked = answer.status_code == 302 and answer.location.startswith("/auth/login")
            wanted = is_asked if method in ("GET", "HEAD") else answer.status_code == 401
            if not wanted and method != "OPTIONS":
                open_.append(f"{method} {address}: {answer.status}")
    assert open_ == []


def test_readers_are_refused_everywhere_in_the_dashboard(stage: Stage) -> None:
    before, open_ = stage.dump(), []
    form = {"csrf_token": stage.tokens["rita"]}
    for rule, address in addresses(stage):
        for method in methods(rule) if is_of_the_dashboard(rule) else ():
            data = form if method not in SAFE_METHODS else None
            answer = stage.client("rita").open(address, method=method, data=data)
            if answer.status_code != 403:
                open_.append(f"{method} {address}: {answer.status}")
    assert open_ == []
    assert stage.dump() == before


@pytest.mark.parametrize("token", [None, "wrong", "stolen"])
def test_no_change_of_a_signed_in_person_is_taken_without_her_token(
    stage: Stage, token: str | None
) -> None:
    before, taken = stage.dump(), []
    form = {"csrf_token": stage.tokens["eve"] if token == "stolen" else token} if token else {}
    for rule, address in addresses(stage):
        for method in changing(rule) if rule.endpoint not in EXEMPT else ():
            answer = stage.client("ada").open(
                address, method=method, data=form, headers={"Origin": "http://localhost"}
            )
            if answer.status_code != 400:
                taken.append(f"{method} {address}: {answer.status}")
    assert taken == []
    assert stage.dump() == before


@pytest.mark.parametrize(
    "headers",
    [
        FOREIGN,
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        FOREIGN | {"Referer": "http://localhost/"},
    ],
)
def test_no_change_of_a_stranger_is_taken_from_elsewhere(
    stage: Stage, headers: dict[str, str]
) -> None:
    before, taken = stage.dump(), []
    for rule, address in addresses(stage):
        for method in changing(rule) if rule.endpoint not in EXEMPT else ():
            answer = stage.client().open(address, method=method, headers=headers)
            if answer.status_code != 400:
                taken.append(f"{method} {address}: {answer.status}")
    assert taken == []
    assert stage.dump() == before


def test_where_a_browser_says_nothing_of_its_origin_it_is_asked_once_more(stage: Stage) -> None:
    before, taken = stage.dump(), []
    for rule, address in addresses(stage):
        for method in changing(rule) if rule.endpoint not in EXEMPT else ():
            answer = stage.client().open(address, method=method)
            if answer.status_code != 403 or "confirm_token" not in answer.text:
                taken.append(f"{method} {address}: {answer.status}")
    assert taken == []
    assert stage.dump() == before


@pytest.mark.parametrize("actor", ["stranger", "ada"])
def test_no_reading_changes_anything(stage: Stage, actor: str) -> None:
    """A choice of theme or language is kept in the reader's own cookie, so not even that does."""
    before, changed = stage.dump(), []
    for rule, address in addresses(stage):
        for method in methods(rule) & SAFE_METHODS:
            stage.client(actor).open(address, method=method, buffered=True)
            after = stage.dump()
            if _but_when_seen(after) != _but_when_seen(before):
                changed.append(f"{method} {address}")
                stage.restore()
    assert changed == []


def _but_when_seen(dump: Dump) -> Dump:
    """Without the two columns that say when a browser was last seen and until when it may stay."""
    places = [COLUMNS["user_session"].index(name) for name in ("seen_at", "expires_at")]
    sessions = [
        tuple(value for place, value in enumerate(row) if place not in places)
        for row in dump["user_session"]
    ]
    return dump | {"user_session": sessions}


def test_a_session_is_noted_as_seen_and_lasts_on(stage: Stage) -> None:
    before = stage.dump()
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        assert stage.client("ada").get("/account").status_code == 200
    after = stage.dump()
    stage.restore()
    assert before != after
    assert _but_when_seen(before) == _but_when_seen(after)


def test_the_exemptions_are_those_that_were_reviewed() -> None:
    assert WITHOUT_ORIGIN == EXEMPT


def test_an_area_is_open_to_nobody_until_it_is_listed(stage: Stage) -> None:
    areas = {
        stage.app.view_functions[rule.endpoint].__module__.rpartition(".")[2]
        for rule in stage.app.url_map.iter_rules()
        if is_of_the_dashboard(rule)
    }
    assert areas == set(AREAS)
