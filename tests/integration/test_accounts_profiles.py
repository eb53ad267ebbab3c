"""What people change about themselves."""

from datetime import timedelta

import pytest

from bluelog.errors import LimitReached, NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.models import AccountStatus, MailOptOut
from bluelog.queries.sessions import live_user
from bluelog.services import accounts, people, profiles, resets, sessions, subscriptions
from tests.conftest import NOW, PASSWORD
from tests.links import answered, links_issued
from tests.racing import at_once

NEW = "another-lantern-7"


@pytest.fixture
def links(monkeypatch) -> list[int]:
    return links_issued(monkeypatch)


def change_password(user, current: str = PASSWORD, new: str = NEW, key: str = "") -> str:
    return profiles.change_password(current=current, new=new, key=key, by=user, at=NOW)


def change_email(user, email: str, password: str = PASSWORD, *, mail_works: bool = True):
    return profiles.change_email(email, password=password, mail_works=mail_works, by=user, at=NOW)


def change_profile(user, **changes):
    asked = {"name": "Bob", "bio": "", "website": "", "locale": None, **changes}
    return profiles.change_profile(**asked, by=user, at=NOW)


def test_a_profile_is_saved(cast):
    change_profile(
        cast.bob, name="Bob B", bio="Mends.", website="https://bob.example", locale="zh-Hans"
    )
    bob = cast.bob
    assert (bob.name, bob.bio, bob.website, bob.locale) == (
        "Bob B",
        "Mends.",
        "https://bob.example",
        "zh-Hans",
    )
    assert change_profile(cast.bob, locale="").locale is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "//bob.example"}, "website"),
        ({"locale": "xx"}, "locale"),
    ],
)
def test_what_breaks_a_rule_is_pinned_to_its_field(cast, changes, field):
    with pytest.raises(RuleBroken) as refusal:
        change_profile(cast.bob, name="Changed", **changes)
    assert refusal.value.field == field
    assert cast.bob.name == "Bob"


def test_a_new_password_keeps_this_browser_and_ends_the_others(cast):
    here = sessions.open_session(cast.bob, remember=True, at=NOW)
    there = sessions.open_session(cast.bob, remember=True, at=NOW)
    fresh = change_password(cast.bob, key=here)
    assert fresh not in (here, there)
    assert live_user(here, NOW) is None
    assert live_user(there, NOW) is None
    assert live_user(fresh, NOW + timedelta(days=29)) is cast.bob
    assert cast.bob.get_id() == fresh
    assert accounts.sign_in("bob", NEW, address="::1", remember=False, at=NOW)[0] is cast.bob


def test_a_browser_that_was_not_to_be_remembered_still_is_not(cast):
    here = sessions.open_session(cast.bob, remember=False, at=NOW)
    fresh = change_password(cast.bob, key=here)
    assert live_user(fresh, NOW + timedelta(days=1)) is None


def test_a_new_password_voids_the_links_that_reset_it(cast):
    token = resets.issue(cast.bob.id, by=cast.ada, at=NOW)
    change_password(cast.bob)
    with pytest.raises(NotFound):
        resets.reset_password(token.id, "third-lantern-9", at=NOW)


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("wrong", NEW, "current"), (PASSWORD, "12345678", "password"), (PASSWORD, "bob", "password")],
)
def test_a_refused_password_changes_nothing(cast, current, new, field):
    here = sessions.open_session(cast.bob, remember=False, at=NOW)
    with pytest.raises(RuleBroken) as refusal:
        change_password(cast.bob, current, new, here)
    assert refusal.value.field == field
    assert live_user(here, NOW) is cast.bob


def test_an_open_browser_is_no_way_to_guess_the_password(cast):
    for _ in range(10):
        with pytest.raises(RuleBroken):
            change_password(cast.bob, "wrong")
    with pytest.raises(LimitReached):
        change_password(cast.bob)
    with pytest.raises(LimitReached):
        change_email(cast.bob, "new@example.com")


def test_a_new_address_counts_once_its_mailbox_has_answered(cast, links):
    token = change_email(cast.bob, "New@example.com")
    assert cast.bob.email == "bob@example.com"
    assert links == [token.id]
    assert token.email == "New@example.com"
    profiles.confirm_email(token.id, at=NOW)
    assert (cast.bob.email, cast.bob.email_key) == ("New@example.com", "new@example.com")
    with pytest.raises(NotFound):
        profiles.confirm_email(token.id, at=NOW)


def test_without_mail_a_new_address_counts_at_once(cast, links):
    assert change_email(cast.bob, "new@example.com", mail_works=False) is None
    assert cast.bob.email == "new@example.com"
    assert links == []


@pytest.mark.parametrize(("email", "stored"), [("", None), ("BOB@example.com", "BOB@example.com")])
def test_no_mailbox_need_answer_for_no_address_or_ones_own(cast, links, email, stored):
    change_email(cast.bob, email)
    assert cast.bob.email == stored
    assert links == []


def test_a_taken_address_is_answered_like_a_free_one_where_mail_works(cast, links):
    assert change_email(cast.bob, "ALICE@example.com") is None
    assert links == []
    assert cast.bob.email == "bob@example.com"


def test_a_taken_address_is_refused_where_there_is_no_mail(cast):
    with pytest.raises(RuleBroken) as refusal:
        change_email(cast.bob, "ALICE@example.com", mail_works=False)
    assert refusal.value.field == "email"


def test_an_address_that_was_taken_meanwhile_is_refused(cast):
    token = change_email(cast.bob, "new@example.com")
    change_email(cast.alice, "new@example.com", mail_works=False)
    with pytest.raises(RuleBroken):
        profiles.confirm_email(token.id, at=NOW)
    assert cast.bob.email == "bob@example.com"


def test_a_new_address_needs_the_password(cast, links):
    with pytest.raises(RuleBroken) as refusal:
        change_email(cast.bob, "new@example.com", "wrong")
    assert refusal.value.field == "password"
    assert links == []


def test_a_link_to_the_former_mailbox_no_longer_opens_the_account(cast, links):
    resets.ask("bob@example.com", address="192.0.2.1", at=NOW)
    answered()
    change_email(cast.bob, "new@example.com", mail_works=False)
    with pytest.raises(NotFound):
        resets.reset_password(links[0], NEW, at=NOW)


def test_a_disabled_account_takes_no_new_address(cast):
    token = change_email(cast.bob, "new@example.com")
    cast.bob.status = AccountStatus.DISABLED
    db.session.commit()
    with pytest.raises(NotFound):
        profiles.confirm_email(token.id, at=NOW)
    assert cast.bob.email == "bob@example.com"


def test_nobody_has_strangers_written_to_without_end(cast):
    for n in range(5):
        change_email(cast.bob, f"stranger{n}@example.com")
    with pytest.raises(LimitReached):
        change_email(cast.bob, "stranger5@example.com")


def test_a_mailbox_can_be_left_alone_and_written_to_again(context):
    for _ in range(2):
        subscriptions.unsubscribe("Guest@Example.com", at=NOW)
    assert db.session.scalars(db.select(MailOptOut.email_key)).all() == ["guest@example.com"]
    for _ in range(2):
        subscriptions.resubscribe("guest@example.com")
    assert db.session.scalar(db.select(MailOptOut)) is None


def test_clicks_at_the_same_moment_leave_a_mailbox_alone_once(context):
    click = lambda: subscriptions.unsubscribe("guest@example.com", at=NOW)  # noqa: E731
    assert at_once(context, *[click] * 6) == [None] * 6


def test_a_password_changed_while_another_is_checked_is_not_overwritten(cast, monkeypatch):
    verify = profiles.verify_password

    def reset_meanwhile(stored: str, plain: str) -> bool:
        people.set_password_by_operator("bob", "third-lantern-9", at=NOW)
        return verify(stored, plain)

    monkeypatch.setattr(profiles, "verify_password", reset_meanwhile)
    with pytest.raises(RuleBroken):
        change_password(cast.bob)
    login = accounts.sign_in("bob", "third-lantern-9", address="::1", remember=False, at=NOW)
    assert login[0] is cast.bob
