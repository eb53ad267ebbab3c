"""Asking people in."""

from datetime import timedelta

import pytest

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.models import AccountStatus, AuditEvent, Role, Token, TokenPurpose, User
from bluelog.queries.people import person_by_email, person_by_username, usable_token
from bluelog.services import accounts, invitations, people
from tests.conftest import NOW, PASSWORD
from tests.links import links_issued
from tests.racing import at_once


@pytest.fixture
def links(monkeypatch) -> list[int]:
    return links_issued(monkeypatch)


def invite(by: User, email: str | None = "dora@example.com", **changes) -> Token:
    asked = {"name": "Dora", "role": "author", "submission_id": None, **changes}
    return invitations.invite(email, **asked, by=by, at=NOW)


def accept(token_id: int, username: str = "dora", password: str = PASSWORD, at=NOW) -> User:
    return invitations.accept(token_id, username=username, name="Dora D", password=password, at=at)


def test_an_invited_account_waits_for_its_owner(cast, links):
    token = invite(cast.ada)
    user = person_by_email("dora@example.com")
    assert (user.status, user.role, user.name) == (AccountStatus.INVITED, Role.AUTHOR, "Dora")
    assert user.username is None
    assert links == [token.id]


def test_an_invitation_without_an_address_is_not_mailed(cast, links):
    token = invite(cast.ada, None)
    assert links == []
    assert usable_token(token.id, TokenPurpose.INVITATION, NOW).user.email is None


def test_accepting_opens_the_account(cast):
    token = invite(cast.ada)
    user = accept(token.id)
    assert (user.username, user.name, user.role) == ("dora", "Dora D", Role.AUTHOR)
    assert accounts.sign_in("dora", PASSWORD, address="::1", remember=False, at=NOW)[0] is user


def test_an_invitation_works_once(cast):
    token = invite(cast.ada)
    accept(token.id)
    with pytest.raises(NotFound):
        accept(token.id, "another")


def test_an_invitation_works_for_seven_days(cast):
    token = invite(cast.ada)
    with pytest.raises(NotFound):
        accept(token.id, at=NOW + timedelta(days=7))
    assert accept(token.id, at=NOW + timedelta(days=7) - timedelta(seconds=1)).is_active


def test_a_token_for_something_else_is_no_invitation(cast):
    token = invite(cast.ada)
    token.purpose = TokenPurpose.RESET
    db.session.commit()
    with pytest.raises(NotFound):
        accept(token.id)


@pytest.mark.parametrize(
    ("username", "password", "field"),
    [
        ("ALICE", PASSWORD, "username"),
        ("a b", PASSWORD, "username"),
        ("dora", "password", "password"),
        ("dora", "dora@example.com", "password"),
    ],
)
def test_a_refusal_does_not_use_the_invitation_up(cast, username, password, field):
    token = invite(cast.ada)
    with pytest.raises(RuleBroken) as refusal:
        accept(token.id, username, password)
    assert refusal.value.field == field
    assert accept(token.id).is_active


def test_a_taken_name_and_a_weak_password_are_told_together(cast):
    with pytest.raises(RuleBroken) as refusal:
        accept(invite(cast.ada).id, "alice", "alice")
    assert [refused.field for refused in (refusal.value, *refusal.value.more)] == [
        "username",
        "password",
    ]
    assert "taken" in str(refusal.value)
    assert "characters" in str(refusal.value)


def test_a_renewed_invitation_replaces_the_former(cast, links):
    former = invite(cast.ada)
    fresh = invitations.renew(former.user_id, by=cast.ada, at=NOW)
    assert links == [former.id, fresh.id]
    with pytest.raises(NotFound):
        accept(former.id)
    assert accept(fresh.id).is_active


def test_an_invitation_is_not_renewed_for_who_has_joined(cast):
    with pytest.raises(RuleBroken):
        invitations.renew(cast.alice.id, by=cast.ada, at=NOW)


def test_a_disabled_invitation_cannot_be_accepted(cast):
    token = invite(cast.ada)
    people.disable(token.user_id, by=cast.ada, at=NOW)
    with pytest.raises(NotFound):
        accept(token.id)


@pytest.mark.parametrize("who", ["eve", "alice", "rita"])
def test_only_administrators_invite(cast, who):
    token = invite(cast.ada)
    by = getattr(cast, who)
    with pytest.raises(NotAllowed):
        invite(by, "fred@example.com")
    with pytest.raises(NotAllowed):
        invitations.renew(token.user_id, by=by, at=NOW)
    assert person_by_email("fred@example.com") is None


def test_an_administrator_who_was_disabled_meanwhile_invites_nobody(cast):
    cast.ada.status = AccountStatus.DISABLED
    db.session.commit()
    with pytest.raises(NotAllowed):
        invite(cast.ada)


@pytest.mark.parametrize(
    ("changes", "field"), [({"email": "ALICE@example.com"}, "email"), ({"role": "king"}, "role")]
)
def test_what_breaks_a_rule_invites_nobody(cast, changes, field):
    before = db.session.scalar(db.select(db.func.count()).select_from(User))
    with pytest.raises(RuleBroken) as refusal:
        invite(cast.ada, **changes)
    assert refusal.value.field == field
    assert db.session.scalar(db.select(db.func.count()).select_from(User)) == before


def test_the_same_submission_again_is_the_same_invitation(cast, links):
    first = invite(cast.ada, submission_id="once")
    again = invite(cast.ada, submission_id="once")
    assert first.id == again.id
    assert links == [first.id]


def test_invitations_are_kept_in_the_trail(cast):
    token = invite(cast.ada)
    accept(token.id)
    acts = db.session.execute(db.select(AuditEvent.action, AuditEvent.actor_id)).all()
    assert [tuple(act) for act in acts] == [
        ("user.invited", cast.ada.id),
        ("user.joined", token.user_id),
    ]


def test_twenty_identical_submits_at_once_make_one_invitation_and_one_mail(context, cast, links):
    ada_id = cast.ada.id

    def submit() -> int:
        return invite(db.session.get(User, ada_id), submission_id="once").id

    assert len(set(at_once(context, *[submit] * 20))) == 1
    assert len(links) == 1
    assert person_by_email("dora@example.com") is not None


def test_of_two_who_use_one_invitation_at_once_one_gets_the_account(context, cast):
    token_id = invite(cast.ada).id
    names = ["dora", "thief"]
    results = at_once(context, *[lambda n=name: accept(token_id, n).username for name in names])
    assert sorted(isinstance(result, NotFound) for result in results) == [False, True]
    assert sum(person_by_username(name) is not None for name in names) == 1


def test_of_two_who_take_one_name_at_once_one_gets_it(context, cast):
    tokens = [invite(cast.ada, f"dora{n}@example.com").id for n in range(2)]
    results = at_once(context, *[lambda t=token: accept(t).username for token in tokens])
    assert sorted(isinstance(result, RuleBroken) for result in results) == [False, True]
