from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from flask import Flask

from bluelog.errors import LimitReached
from bluelog.extensions import db
from bluelog.models import AttemptCount
from bluelog.services import limits
from bluelog.services.limit_storage import AttemptStorage
from tests.conftest import NOW, make_app
from tests.racing import at_once


def spend(times: int, *identity: str, limit=limits.SIGN_IN_ACCOUNT, at=NOW) -> int:
    """How many of so many attempts were let through."""
    passed = 0
    for _ in range(times):
        try:
            limits.spend(limit, *identity, at=at)
        except LimitReached:
            continue
        passed += 1
    return passed


def counts() -> list[int]:
    return sorted(db.session.scalars(db.select(AttemptCount.count)))


def test_attempts_pass_up_to_the_limit(context):
    assert spend(12, "ada") == 10


def test_a_refused_attempt_counts_too(context):
    spend(12, "ada")
    assert counts() == [12]


def test_the_refusal_says_when_to_come_back(context):
    spend(10, "ada")
    with pytest.raises(LimitReached) as refusal:
        limits.spend(limits.SIGN_IN_ACCOUNT, "ada", at=NOW + timedelta(minutes=5))
    assert refusal.value.retry_after == 600


def test_a_window_that_is_over_counts_no_longer(context):
    spend(12, "ada")
    later = NOW + timedelta(minutes=15)
    assert spend(12, "ada", at=later) == 10
    assert counts() == [12]


def test_each_identity_has_its_own_count(context):
    spend(10, "ada")
    assert spend(1, "eve") == 1
    assert spend(1, "a", "da") == 1


def test_each_limit_has_its_own_count(context):
    spend(10, "ada")
    assert spend(1, "ada", limit=limits.PASSWORD_CHECK) == 1


def test_a_limit_holds_in_each_of_its_windows(context):
    passed = 0
    for step in range(12):
        at = NOW + timedelta(minutes=11 * step)
        passed += spend(7, "192.0.2.1", limit=limits.COMMENT_ADDRESS, at=at)
    # Six in each of eight windows, then the day's sixty attempts are used up, refused ones too.
    assert passed == 6 * 8 + 4
    with pytest.raises(LimitReached) as refusal:
        limits.spend(limits.COMMENT_ADDRESS, "192.0.2.1", at=NOW + timedelta(hours=3))
    assert refusal.value.retry_after == 21 * 3600


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_one_household_is_one_address(context, first, second):
    spend(30, first, limit=limits.SIGN_IN_ADDRESS)
    assert spend(1, second, limit=limits.SIGN_IN_ADDRESS) == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [("2001:db8:1:2::1", "2001:db8:1:3::1"), ("192.0.2.1", "192.0.2.2"), ("", "unknown")],
)
def test_two_households_are_two_addresses(context, first, second):
    spend(30, first, limit=limits.SIGN_IN_ADDRESS)
    assert spend(1, second, limit=limits.SIGN_IN_ADDRESS) == 1


def test_an_identity_of_any_length_and_content_fits(context):
    assert spend(1, "x" * 100_000) == 1
    assert spend(1, "a\0b\ud800") == 1


def test_what_is_forgiven_is_forgotten(context):
    spend(12, "ada")
    limits.forgive(limits.SIGN_IN_ACCOUNT, "ada", at=NOW)
    assert spend(12, "ada") == 10


def test_an_attempt_can_be_given_back(context):
    spend(10, "ada")
    limits.give_back(limits.SIGN_IN_ACCOUNT, "ada", at=NOW)
    assert spend(2, "ada") == 1


def test_nothing_is_gained_by_giving_back_after_the_window(context):
    spend(1, "ada")
    later = NOW + timedelta(hours=1)
    limits.give_back(limits.SIGN_IN_ACCOUNT, "ada", at=later)
    assert spend(12, "ada", at=later) == 10


def test_counters_of_windows_that_are_over_are_purged(context):
    spend(1, "ada")
    spend(1, "192.0.2.1", limit=limits.COMMENT_ADDRESS)
    limits.purge(NOW + timedelta(hours=1))
    assert counts() == [1]


def test_simultaneous_attempts_cannot_be_played_against_each_other(context: Flask):
    results = at_once(context, *[lambda: spend(2, "ada")] * 12)
    assert sum(results) == 10
    assert counts() == [24]


@pytest.mark.slow
def test_two_processes_share_the_count(context: Flask, tmp_path: Path):
    url = context.config["SQLALCHEMY_DATABASE_URI"]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        passed = pool.map(_spend_elsewhere, [url, url], [str(tmp_path)] * 2)
        assert sum(passed) == 10
    assert counts() == [16]


def _spend_elsewhere(url: str, folder: str) -> int:
    app = make_app(Path(folder), url)
    with app.app_context():
        passed = spend(8, "ada")
        db.engine.dispose()
    return passed


def test_another_server_counts_where_one_is_named(context):
    limits.init("memory://")
    try:
        assert spend(12, "ada") == 10
        limits.forgive(limits.SIGN_IN_ACCOUNT, "ada", at=NOW)
        assert spend(1, "ada") == 1
        assert counts() == []
    finally:
        limits.init(None)
    assert spend(1, "ada") == 1
    assert counts() == [1]


def test_the_storage_answers_all_that_the_library_may_ask(context):
    storage = AttemptStorage(NOW)
    assert storage.check()
    assert storage.get("key") == 0
    assert storage.get_expiry("key") == NOW.timestamp()
    assert storage.incr("key", 60) == 1
    assert storage.get("key") == 1
    assert AttemptStorage(NOW + timedelta(minutes=1)).get("key") == 0
    assert storage.reset() == 1
    assert storage.get("key") == 0
