from datetime import timedelta

import pytest

from bluelog.extensions import db
from bluelog.models import AccountStatus, UserSession
from bluelog.queries.sessions import live_user
from bluelog.services import sessions
from tests.conftest import NOW


def rows() -> list[UserSession]:
    return list(db.session.scalars(db.select(UserSession)))


def test_the_key_of_a_session_names_its_user(cast):
    key = sessions.open_session(cast.alice, remember=False, at=NOW)
    user = live_user(key, NOW)
    assert user is cast.alice
    assert user.get_id() == key


def test_keys_differ_and_are_not_in_the_table(cast):
    keys = {sessions.open_session(cast.alice, remember=False, at=NOW) for _ in range(3)}
    assert len(keys) == 3
    assert not keys & {row.key_hash for row in rows()}


@pytest.mark.parametrize("key", ["", "unknown", "x" * 10_000, "a\0b", "\ud800"])
def test_a_key_that_was_never_given_out_names_nobody(cast, key):
    sessions.open_session(cast.alice, remember=False, at=NOW)
    assert live_user(key, NOW) is None


@pytest.mark.parametrize(("remember", "days"), [(False, 1), (True, 30)])
def test_a_session_ends_unless_it_is_used(cast, remember, days):
    key = sessions.open_session(cast.alice, remember=remember, at=NOW)
    end = NOW + timedelta(days=days)
    assert live_user(key, end - timedelta(seconds=1)) is cast.alice
    assert live_user(key, end) is None


@pytest.mark.parametrize(("remember", "days"), [(False, 1), (True, 30)])
def test_a_session_that_is_used_lasts_on(cast, remember, days):
    key = sessions.open_session(cast.alice, remember=remember, at=NOW)
    used_at = NOW + timedelta(hours=20)
    sessions.touch(key, used_at)
    end = used_at + timedelta(days=days)
    assert live_user(key, end - timedelta(seconds=1)) is cast.alice
    assert live_user(key, end) is None


def test_being_seen_is_written_at_most_every_ten_minutes(cast):
    key = sessions.open_session(cast.alice, remember=False, at=NOW)
    sessions.touch(key, NOW + timedelta(minutes=9))
    assert rows()[0].seen_at == NOW
    sessions.touch(key, NOW + timedelta(minutes=10))
    assert rows()[0].seen_at == NOW + timedelta(minutes=10)


def test_a_session_that_has_ended_does_not_begin_again(cast):
    key = sessions.open_session(cast.alice, remember=False, at=NOW)
    sessions.touch(key, NOW + timedelta(hours=24))
    assert live_user(key, NOW + timedelta(hours=24)) is None
    sessions.touch("unknown", NOW)
    assert len(rows()) == 1


def test_an_account_that_is_not_active_has_no_session(cast):
    key = sessions.open_session(cast.alice, remember=False, at=NOW)
    cast.alice.status = AccountStatus.DISABLED
    db.session.commit()
    assert live_user(key, NOW) is None


def test_a_session_of_a_former_generation_is_over(cast):
    key = sessions.open_session(cast.alice, remember=False, at=NOW)
    cast.alice.session_generation += 1
    db.session.commit()
    assert live_user(key, NOW) is None
    assert live_user(sessions.open_session(cast.alice, remember=False, at=NOW), NOW) is cast.alice


def test_closing_a_session_ends_that_one_alone(cast):
    here = sessions.open_session(cast.alice, remember=False, at=NOW)
    there = sessions.open_session(cast.alice, remember=False, at=NOW)
    sessions.close(here)
    sessions.close(here)
    assert live_user(here, NOW) is None
    assert live_user(there, NOW) is cast.alice


def test_closing_the_others_leaves_this_one_and_other_people(cast):
    here = sessions.open_session(cast.alice, remember=False, at=NOW)
    there = sessions.open_session(cast.alice, remember=False, at=NOW)
    bobs = sessions.open_session(cast.bob, remember=False, at=NOW)
    sessions.close_others(cast.alice, here)
    assert live_user(here, NOW) is cast.alice
    assert live_user(there, NOW) is None
    assert live_user(bobs, NOW) is cast.bob


def test_sessions_that_have_ended_are_purged(cast):
    sessions.open_session(cast.alice, remember=False, at=NOW)
    kept = sessions.open_session(cast.alice, remember=True, at=NOW)
    sessions.purge(NOW + timedelta(days=2))
    assert len(rows()) == 1
    assert live_user(kept, NOW + timedelta(days=2)) is cast.alice
