"""What administrators decide about people."""

import pytest

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.models import AccountStatus, AuditEvent, Role, User
from bluelog.queries.people import person_by_email
from bluelog.queries.sessions import live_user
from bluelog.services import invitations, people, sessions
from tests.conftest import NOW
from tests.racing import at_once


def make_second_administrator(cast) -> User:
    return people.change_role(cast.eve.id, "administrator", by=cast.ada, at=NOW)


def last_act() -> tuple[str, int | None, int | None, dict[str, str]]:
    act = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    return act.action, act.actor_id, act.subject_id, act.before


def test_a_new_role_is_kept_in_the_trail_and_ends_the_sessions(cast):
    key = sessions.open_session(cast.bob, remember=True, at=NOW)
    user = people.change_role(cast.bob.id, "editor", by=cast.ada, at=NOW)
    assert user is cast.bob
    assert user.role == Role.EDITOR
    assert live_user(key, NOW) is None
    before = {str(user.id): "author"}
    assert last_act() == ("user.role-changed", cast.ada.id, user.id, before)


def test_the_same_role_changes_nothing(cast):
    key = sessions.open_session(cast.bob, remember=True, at=NOW)
    people.change_role(cast.bob.id, "author", by=cast.ada, at=NOW)
    assert live_user(key, NOW) is cast.bob
    assert db.session.scalar(db.select(AuditEvent)) is None


def test_a_disabled_account_has_no_session_and_is_enabled_again(cast):
    key = sessions.open_session(cast.bob, remember=True, at=NOW)
    people.disable(cast.bob.id, by=cast.ada, at=NOW)
    assert cast.bob.status == AccountStatus.DISABLED
    assert last_act() == ("user.disabled", cast.ada.id, cast.bob.id, {str(cast.bob.id): "active"})
    people.enable(cast.bob.id, by=cast.ada, at=NOW)
    assert cast.bob.is_active
    assert last_act()[0] == "user.enabled"
    assert live_user(key, NOW) is None


def test_disabling_and_enabling_twice_is_doing_it_once(cast):
    for _ in range(2):
        people.disable(cast.bob.id, by=cast.ada, at=NOW)
    for _ in range(2):
        people.enable(cast.bob.id, by=cast.ada, at=NOW)
    actions = db.session.scalars(db.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["user.disabled", "user.enabled"]


def test_enabling_an_invitation_leaves_it_waiting(cast):
    token = invitations.invite(
        "dora@example.com", name="", role="reader", submission_id=None, by=cast.ada, at=NOW
    )
    people.disable(token.user_id, by=cast.ada, at=NOW)
    user = people.enable(token.user_id, by=cast.ada, at=NOW)
    assert user.status == AccountStatus.INVITED


def test_enabling_what_nobody_confirmed_leaves_it_unconfirmed(cast):
    cast.bob.status = AccountStatus.UNCONFIRMED
    db.session.commit()
    people.disable(cast.bob.id, by=cast.ada, at=NOW)
    user = people.enable(cast.bob.id, by=cast.ada, at=NOW)
    assert user.status == AccountStatus.UNCONFIRMED


def test_what_was_disabled_before_there_was_a_trail_is_enabled(cast):
    assert people.enable(cast.mallory.id, by=cast.ada, at=NOW).is_active


def test_an_invitation_survives_another_role(cast):
    token = invitations.invite(
        None, name="", role="reader", submission_id=None, by=cast.ada, at=NOW
    )
    people.change_role(token.user_id, "author", by=cast.ada, at=NOW)
    user = invitations.accept(
        token.id, username="dora", name="", password="third-lantern-9", at=NOW
    )
    assert user.role == Role.AUTHOR


@pytest.mark.parametrize("status", [s for s in AccountStatus if s != AccountStatus.ACTIVE])
def test_whoever_is_not_active_may_do_nothing(cast, status):
    cast.ada.status = status
    ada = cast.ada
    rights = (ada.is_administrator, ada.may_edit_everything, ada.may_publish, ada.may_write)
    assert rights == (False,) * 4


VERBS = {
    "change_role": lambda user, by: people.change_role(user.id, "reader", by=by, at=NOW),
    "disable": lambda user, by: people.disable(user.id, by=by, at=NOW),
    "enable": lambda user, by: people.enable(user.id, by=by, at=NOW),
    "remove": lambda user, by: people.remove(user.id, by=by, at=NOW),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
@pytest.mark.parametrize("who", ["eve", "alice", "carol", "rita", "mallory"])
def test_only_administrators_decide_about_people(cast, verb, who):
    with pytest.raises(NotAllowed):
        verb(cast.bob, getattr(cast, who))
    assert (cast.bob.role, cast.bob.status) == (Role.AUTHOR, AccountStatus.ACTIVE)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_an_administrator_who_no_longer_is_one_decides_nothing(cast, verb):
    cast.eve.role, cast.eve.status = Role.ADMINISTRATOR, AccountStatus.DISABLED
    db.session.commit()
    with pytest.raises(NotAllowed):
        verb(cast.bob, cast.eve)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_an_account_that_is_not_there_is_not_found(cast, verb):
    with pytest.raises(NotFound):
        verb(User(id=12345), cast.ada)


def test_a_role_that_is_none_is_refused(cast):
    with pytest.raises(RuleBroken) as refusal:
        people.change_role(cast.bob.id, "king", by=cast.ada, at=NOW)
    assert refusal.value.field == "role"


@pytest.mark.parametrize("verb", ["change_role", "disable", "remove"])
def test_the_last_administrator_stays(cast, verb):
    with pytest.raises(RuleBroken):
        VERBS[verb](cast.ada, cast.ada)
    assert (cast.ada.role, cast.ada.status) == (Role.ADMINISTRATOR, AccountStatus.ACTIVE)


def test_an_administrator_who_is_disabled_or_invited_does_not_count(cast):
    make_second_administrator(cast)
    people.disable(cast.eve.id, by=cast.ada, at=NOW)
    invitations.invite(None, name="", role="administrator", submission_id=None, by=cast.ada, at=NOW)
    with pytest.raises(RuleBroken):
        people.disable(cast.ada.id, by=cast.ada, at=NOW)


def test_one_of_two_administrators_may_step_down(cast):
    make_second_administrator(cast)
    people.change_role(cast.ada.id, "reader", by=cast.ada, at=NOW)
    assert cast.ada.role == Role.READER


def test_an_invitation_can_be_taken_back(cast):
    token = invitations.invite(
        "dora@example.com", name="", role="reader", submission_id=None, by=cast.ada, at=NOW
    )
    people.remove(token.user_id, by=cast.ada, at=NOW)
    assert person_by_email("dora@example.com") is None


def test_an_account_that_has_been_used_is_not_removed(cast):
    for user in (cast.bob, cast.mallory):
        with pytest.raises(RuleBroken):
            people.remove(user.id, by=cast.ada, at=NOW)


@pytest.mark.parametrize("first", ["change_role", "disable"])
@pytest.mark.parametrize("second", ["change_role", "disable"])
def test_of_two_administrators_who_shut_each_other_out_at_once_one_stays(
    context, cast, first, second
):
    make_second_administrator(cast)
    ada, eve = cast.ada.id, cast.eve.id

    def shut_out(verb: str, target: int, by: int) -> None:
        VERBS[verb](db.session.get(User, target), db.session.get(User, by))

    results = at_once(
        context, lambda: shut_out(first, eve, ada), lambda: shut_out(second, ada, eve)
    )
    assert sorted(type(result) for result in results if result) == [NotAllowed]
    left = db.select(User).where(User.role == "administrator", User.status == "active")
    assert len(db.session.scalars(left).all()) == 1
