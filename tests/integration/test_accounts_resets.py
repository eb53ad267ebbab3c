"""New passwords for those who forgot theirs."""

from datetime import timedelta

import pytest

from bluelog import mail
from bluelog.clock import now
from bluelog.errors import LimitReached, NotAllowed, NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.jobs import run_due
from bluelog.models import AccountStatus, AuditEvent, OutgoingMail, Token, TokenPurpose, User
from bluelog.queries.sessions import live_user
from bluelog.services import accounts, people, profiles, resets, sessions, tokens
from bluelog.uow import unit_of_work
from tests.browsing import post
from tests.conftest import NOW, PASSWORD
from tests.links import answered, links_issued
from tests.racing import at_once

NEW = "another-lantern-7"


@pytest.fixture
def links(monkeypatch) -> list[int]:
    return links_issued(monkeypatch)


def ask(email: str = "alice@example.com", address: str = "192.0.2.1") -> None:
    resets.ask(email, address=address, at=NOW)
    answered()


def works(login: str, password: str) -> bool:
    try:
        accounts.sign_in(login, password, address="192.0.2.9", remember=False, at=NOW)
    except RuleBroken:
        return False
    return True


def test_a_mailed_link_sets_a_new_password(cast, links):
    ask("Alice@Example.com")
    [token_id] = links
    assert resets.reset_password(token_id, NEW, at=NOW) is cast.alice
    assert works("alice", NEW)
    assert not works("alice", PASSWORD)


@pytest.mark.parametrize(
    "email", ["alice@example.com", "mallory@example.com", "nobody@example.com"]
)
def test_asking_does_the_same_for_every_address(cast, links, email):
    resets.ask(email, address="192.0.2.1", at=NOW)
    [request] = db.session.scalars(db.select(OutgoingMail))
    assert (request.recipient, request.template, request.context) == (email, "password-reset", {})
    assert db.session.scalar(db.select(Token)) is None
    assert links == []
    answered()
    assert db.session.scalar(db.select(OutgoingMail)) is None
    assert len(links) == (email == "alice@example.com")


def test_the_link_goes_to_the_address_of_the_account(cast, postbox, now):
    resets.ask("ALICE@Example.com", address="192.0.2.1", at=now)
    run_due(now + timedelta(seconds=5))
    assert [message["To"] for message in postbox.messages] == ["alice@example.com"]


@pytest.mark.parametrize("email", ["nobody@example.com", "mallory@example.com", ""])
def test_who_has_no_active_account_gets_the_same_answer_and_no_link(cast, links, email):
    assert ask(email) is None
    assert links == []


@pytest.mark.parametrize("status", [AccountStatus.INVITED, AccountStatus.UNCONFIRMED])
def test_an_account_that_never_was_open_is_not_opened_by_a_reset(cast, links, status):
    cast.alice.status = status
    db.session.commit()
    ask()
    assert links == []


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_mailbox_is_not_flooded(cast, email):
    for n in range(3):
        ask(email, address=f"192.0.2.{n}")
    with pytest.raises(LimitReached):
        ask(email, address="192.0.2.99")


def test_an_address_asks_so_often_and_no_more(cast):
    for n in range(10):
        ask(f"guess-{n}@example.com")
    with pytest.raises(LimitReached):
        ask()


def test_a_reset_ends_every_session_of_the_account_and_no_other(cast, links):
    hers = sessions.open_session(cast.alice, remember=True, at=NOW)
    bobs = sessions.open_session(cast.bob, remember=True, at=NOW)
    ask()
    resets.reset_password(links[0], NEW, at=NOW)
    assert live_user(hers, NOW) is None
    assert live_user(bobs, NOW) is cast.bob


def test_a_reset_voids_the_other_links(cast, links):
    ask()
    ask()
    resets.reset_password(links[1], NEW, at=NOW)
    for token_id in links:
        with pytest.raises(NotFound):
            resets.reset_password(token_id, "third-lantern-9", at=NOW)
    assert works("alice", NEW)


def test_a_reset_works_for_two_hours(cast, links):
    ask()
    with pytest.raises(NotFound):
        resets.reset_password(links[0], NEW, at=NOW + timedelta(hours=2))
    assert works("alice", PASSWORD)
    resets.reset_password(links[0], NEW, at=NOW + timedelta(hours=2) - timedelta(seconds=1))
    assert works("alice", NEW)


def test_a_weak_password_does_not_use_the_link_up(cast, links):
    ask()
    with pytest.raises(RuleBroken) as refusal:
        resets.reset_password(links[0], "alice@example.com", at=NOW)
    assert refusal.value.field == "password"
    resets.reset_password(links[0], NEW, at=NOW)
    assert works("alice", NEW)


def test_a_link_does_nothing_for_an_account_disabled_since(cast, links):
    ask()
    cast.alice.status = AccountStatus.DISABLED
    db.session.commit()
    with pytest.raises(NotFound):
        resets.reset_password(links[0], NEW, at=NOW)
    cast.alice.status = AccountStatus.ACTIVE
    db.session.commit()
    assert works("alice", PASSWORD)


def test_disabling_voids_the_links_for_good(cast, links):
    ask()
    people.disable(cast.alice.id, by=cast.ada, at=NOW)
    people.enable(cast.alice.id, by=cast.ada, at=NOW)
    with pytest.raises(NotFound):
        resets.reset_password(links[0], NEW, at=NOW)


def test_a_reset_lets_in_at_once_who_tried_too_often(cast, links):
    for _ in range(11):
        with pytest.raises((RuleBroken, LimitReached)):
            accounts.sign_in("alice", "wrong", address="192.0.2.9", remember=False, at=NOW)
    ask()
    resets.reset_password(links[0], NEW, at=NOW)
    assert works("alice", NEW)


def test_an_administrator_makes_a_link_to_copy(cast, links):
    token = resets.issue(cast.bob.id, by=cast.ada, at=NOW)
    assert links == []
    act = db.session.scalars(db.select(AuditEvent)).one()
    assert (act.action, act.actor_id, act.subject_id) == (
        "user.reset-issued",
        cast.ada.id,
        cast.bob.id,
    )
    resets.reset_password(token.id, NEW, at=NOW)
    assert works("bob", NEW)


@pytest.mark.parametrize("who", ["eve", "bob", "rita"])
def test_only_administrators_make_links_for_others(cast, who):
    with pytest.raises(NotAllowed):
        resets.issue(cast.alice.id, by=getattr(cast, who), at=NOW)
    assert db.session.scalar(db.select(Token)) is None


def test_no_link_is_made_for_a_disabled_account_or_for_none(cast):
    with pytest.raises(RuleBroken):
        resets.issue(cast.mallory.id, by=cast.ada, at=NOW)
    with pytest.raises(NotFound):
        resets.issue(12345, by=cast.ada, at=NOW)


def test_an_operator_sets_a_password_by_username(cast):
    key = sessions.open_session(cast.ada, remember=True, at=NOW)
    people.set_password_by_operator("ADA", NEW, at=NOW)
    assert works("ada", NEW)
    assert live_user(key, NOW) is None
    with pytest.raises(RuleBroken) as refusal:
        people.set_password_by_operator("nobody", NEW, at=NOW)
    assert refusal.value.field == "username"


def test_tokens_are_purged_a_month_after_they_expired(cast):
    resets.issue(cast.bob.id, by=cast.ada, at=NOW)
    tokens.purge(NOW + timedelta(days=30))
    assert db.session.scalar(db.select(Token)) is not None
    tokens.purge(NOW + timedelta(days=30, hours=2))
    assert db.session.scalar(db.select(Token)) is None


def test_a_purged_link_does_not_open_the_account_of_a_later_token_of_the_same_id(cast, client):
    bobs = resets.issue(cast.bob.id, by=cast.ada, at=NOW)
    former, former_id = mail.link_for(bobs), bobs.id
    later = now() - timedelta(minutes=1)
    tokens.purge(later)
    alices = resets.issue(cast.alice.id, by=cast.ada, at=later)
    with unit_of_work():  # As SQLite does by itself where the purged one had the highest.
        alices.id = former_id
    form = {"password": NEW, "repeat_password": NEW}
    assert client.get(former).status_code == 404
    assert post(client, former, form).status_code == 404
    assert not works("alice", NEW)
    assert post(client, mail.link_for(alices), form).status_code == 303
    assert works("alice", NEW)


def test_of_two_who_use_one_link_at_once_one_sets_the_password(context, cast, links):
    ask()
    passwords = [NEW, "third-lantern-9"]
    calls = [lambda p=p: resets.reset_password(links[0], p, at=NOW).username for p in passwords]
    results = at_once(context, *calls)
    assert sorted(isinstance(result, NotFound) for result in results) == [False, True]
    winner = results.index("alice")
    assert works("alice", passwords[winner])
    assert not works("alice", passwords[1 - winner])


def test_of_many_who_redeem_one_token_at_once_one_does(context, cast):
    token_id = resets.issue(cast.bob.id, by=cast.ada, at=NOW).id

    def redeem() -> int:
        with unit_of_work():
            return tokens.redeem(token_id, TokenPurpose.RESET, at=NOW).id

    results = at_once(context, *[redeem] * 12)
    assert results.count(token_id) == 1
    assert sum(isinstance(result, NotFound) for result in results) == 11


@pytest.fixture
def foreign_link(cast) -> int:
    """A link that would give alice's account the address of whoever knew her password."""
    token = profiles.change_email(
        "mallory@example.org", password=PASSWORD, mail_works=True, by=cast.alice, at=NOW
    )
    assert token is not None
    return token.id


def test_a_reset_voids_a_change_of_address_that_others_asked_for(cast, links, foreign_link):
    reset_link = resets.issue(cast.alice.id, by=cast.ada, at=NOW)
    resets.reset_password(reset_link.id, NEW, at=NOW)
    with pytest.raises(NotFound):
        profiles.confirm_email(foreign_link, at=NOW)


def test_so_does_a_new_password_or_role(cast, links, foreign_link):
    def change_password(user: User) -> None:
        profiles.change_password(current=PASSWORD, new=NEW, key="", by=user, at=NOW)

    changes = [
        change_password,
        lambda user: people.set_password_by_operator(user.username or "", NEW, at=NOW),
        lambda user: people.change_role(user.id, "editor", by=cast.ada, at=NOW),
    ]
    for change_it in changes:
        with unit_of_work():
            token = tokens.issue(cast.alice, TokenPurpose.EMAIL_CHANGE, at=NOW, email="m@m.org")
        change_it(cast.alice)
        for token_id in (token.id, foreign_link):
            with pytest.raises(NotFound):
                profiles.confirm_email(token_id, at=NOW)
    assert cast.alice.email == "alice@example.com"
