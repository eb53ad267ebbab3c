"""Signing in and out."""

import pytest
from werkzeug.security import generate_password_hash

from bluelog.errors import LimitReached, RuleBroken
from bluelog.extensions import db
from bluelog.models import AccountStatus, User, UserSession
from bluelog.passwords import hash_password, needs_rehash
from bluelog.queries.sessions import live_user
from bluelog.services import accounts
from tests.conftest import NOW, PASSWORD
from tests.racing import at_once

ADDRESS = "192.0.2.1"
WRONG = "wrong"


def sign_in(login: str, password: str = PASSWORD, address: str = ADDRESS) -> tuple[User, str]:
    return accounts.sign_in(login, password, address=address, remember=False, at=NOW)


def fail(login: str, times: int = 1, address: str = ADDRESS, password: str = WRONG) -> None:
    for _ in range(times):
        with pytest.raises(RuleBroken):
            sign_in(login, password, address)


@pytest.mark.parametrize(
    "login", ["alice", "ALICE", "ａｌｉｃｅ", "alice@example.com", "Alice@Example.COM"]
)
def test_people_sign_in_by_name_or_address_in_any_case(cast, login):
    user, key = sign_in(login)
    assert user is cast.alice
    assert live_user(key, NOW) is cast.alice
    assert user.get_id() == key


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("alice", "wrong"),
        ("alice", ""),
        ("alice", "x" * 5000),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("", ""),
        ("mallory", PASSWORD),
        ("mallory", "wrong"),
        ("a\0lice", PASSWORD),
        ("alice", "\ud800"),
    ],
)
def test_every_refusal_reads_the_same_and_opens_nothing(cast, login, password):
    with pytest.raises(RuleBroken) as refusal:
        sign_in(login, password)
    assert (refusal.value.field, refusal.value.message) == (None, accounts.WRONG)
    assert db.session.scalar(db.select(UserSession)) is None


@pytest.mark.parametrize("status", [AccountStatus.UNCONFIRMED, AccountStatus.INVITED])
def test_an_account_that_is_not_open_yet_is_refused_the_same_way(cast, status):
    cast.alice.status = status
    db.session.commit()
    fail("alice", password=PASSWORD)


def test_an_account_without_a_password_cannot_be_signed_in_to(cast):
    cast.alice.password_hash = None
    db.session.commit()
    fail("alice", password="")
    fail("alice", password="None")


def test_an_address_belongs_to_its_owner_whatever_others_call_themselves(cast):
    cast.bob.username = cast.bob.username_key = "alice@example.com"
    db.session.commit()
    assert sign_in("alice@example.com")[0] is cast.alice


def test_each_way_out_checks_one_password(cast, monkeypatch):
    checked = []
    verify = accounts.verify_password
    monkeypatch.setattr(
        accounts, "verify_password", lambda *both: checked.append(both) or verify(*both)
    )
    for login in ("alice", "nobody", "mallory"):
        fail(login)
    assert [stored is not None for stored, _plain in checked] == [True, False, True]


def test_failures_close_the_account_for_a_while_even_to_the_right_password(cast):
    fail("alice", 10)
    with pytest.raises(LimitReached):
        sign_in("alice")
    assert sign_in("bob")[0] is cast.bob


def test_a_stranger_does_not_shut_the_owner_out(cast):
    fail("alice", 10, address="2001:db8:1:2::1")
    with pytest.raises(LimitReached):
        sign_in("alice", address="2001:db8:1:2::9")
    assert sign_in("alice")[0] is cast.alice


def test_guesses_from_everywhere_close_the_account_in_the_end(cast, monkeypatch):
    monkeypatch.setattr(accounts, "verify_password", lambda *_both: False)
    for n in range(100):
        fail("alice", address=f"192.0.2.{n}")
    monkeypatch.undo()
    with pytest.raises(LimitReached):
        sign_in("alice", address="198.51.100.7")
    assert sign_in("bob", address="198.51.100.7")[0] is cast.bob


def test_an_owner_who_signs_in_often_uses_nothing_up(cast, monkeypatch):
    monkeypatch.setattr(accounts, "verify_password", lambda *_both: True)
    for _ in range(101):
        sign_in("alice")


def test_an_account_that_is_not_there_closes_as_well(cast):
    fail("nobody", 10)
    with pytest.raises(LimitReached):
        sign_in("nobody")


def test_failures_close_an_address_for_a_while(cast):
    for n in range(30):
        fail(f"guess-{n}")
    with pytest.raises(LimitReached):
        sign_in("alice")
    assert sign_in("alice", address="198.51.100.7")[0] is cast.alice


def test_signing_in_clears_the_account_and_costs_the_address_nothing(cast):
    fail("alice", 9)
    for _ in range(40):
        sign_in("alice")
    fail("alice", 9)


def test_an_own_account_is_no_way_to_guess_on(cast):
    for n in range(29):
        fail(f"guess-{n}")
    sign_in("rita")
    fail("guess-29")
    with pytest.raises(LimitReached):
        sign_in("rita")


@pytest.mark.parametrize("method", ["scrypt", "pbkdf2:sha256:1000"])
def test_an_imported_password_works_and_is_hashed_anew(cast, method):
    cast.alice.password_hash = generate_password_hash(PASSWORD, method=method)
    db.session.commit()
    fail("alice")
    assert needs_rehash(cast.alice.password_hash)
    sign_in("alice")
    assert not needs_rehash(cast.alice.password_hash)
    assert sign_in("alice")[0] is cast.alice


def test_a_password_that_changed_while_it_was_checked_opens_nothing(cast, monkeypatch):
    def reset_meanwhile(stored: str) -> bool:
        cast.alice.password_hash = hash_password("another-lantern-7")
        db.session.commit()
        return False

    monkeypatch.setattr(accounts, "needs_rehash", reset_meanwhile)
    fail("alice", password=PASSWORD)
    assert db.session.scalar(db.select(UserSession)) is None


def test_signing_out_ends_the_session(cast):
    _user, key = sign_in("alice")
    accounts.sign_out(key)
    assert live_user(key, NOW) is None


def test_guesses_at_the_same_moment_get_no_further_than_one_after_another(context):
    results = at_once(context, *[lambda: sign_in("alice", "wrong")] * 14)
    assert sum(isinstance(result, LimitReached) for result in results) == 4
    assert sum(isinstance(result, RuleBroken) for result in results) == 10
