"""Role by route by object: what each person may do, and that the others change nothing."""

from collections.abc import Iterator

import pytest
from werkzeug.routing import Map

from tests.browsing import browser
from tests.conftest import PASSWORD
from tests.databases import Databases
from tests.matrix import Row, detours, faults
from tests.rights import FORMS, ROWS
from tests.stage import Stage, staged


@pytest.fixture(scope="module")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(databases, tmp_path_factory.mktemp("roles")) as stage:
        yield stage


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everyone_may_do_what_the_table_says_and_nothing_else(stage: Stage, row: Row) -> None:
    assert faults(stage, row, FORMS) == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_no_detour_leads_past_the_table(stage: Stage, row: Row) -> None:
    assert detours(stage, row) == []


def test_no_row_stands_in_the_tables_twice() -> None:
    assert len(ROWS) == len({str(row) for row in ROWS})


def test_every_rule_and_method_is_in_the_tables(stage: Stage) -> None:
    listed = {_rule(stage.app.url_map, row.method, stage.url(row.path)) for row in ROWS}
    there = {
        (rule.rule, method)
        for rule in stage.app.url_map.iter_rules()
        for method in set(rule.methods or ()) - {"HEAD", "OPTIONS"}
    }
    assert there - listed == set()


def _rule(url_map: Map, method: str, path: str) -> tuple[str, str]:
    rule, _values = url_map.bind("localhost").match(
        path.partition("?")[0], method, return_rule=True
    )
    return rule.rule, method


def test_the_sign_in_form_gives_the_cookie_that_these_tests_use(stage: Stage) -> None:
    client = stage.app.test_client()
    form = {"login": "alice", "password": PASSWORD}
    client.post("/auth/login", data=form, headers={"Origin": "http://localhost"})
    with client.session_transaction() as by_form:
        real = dict(by_form)
    with browser(stage.app, "alice").session_transaction() as by_hand:
        made = dict(by_hand)
    stage.restore()
    # `_id` is of a browser and address, for a protection that sessions on the server do not need.
    assert set(real) - {"_id"} == set(made)
