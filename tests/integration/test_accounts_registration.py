"""Readers who make an account of their own."""

from datetime import timedelta

import pytest

from bluelog.errors import LimitReached, NotAllowed, NotFound, RuleBroken
from bluelog.extensions import db
from bluelog.models import AccountStatus, Role, Site, User
from bluelog.queries.people import person_by_username
from bluelog.services import accounts, registration
from tests.browsing import browser
from tests.conftest import NOW, PASSWORD
from tests.links import answered, links_issued
from tests.racing import at_once


@pytest.fixture
def links(monkeypatch) -> list[int]:
    return links_issued(monkeypatch)


@pytest.fixture
def open_site(cast):
    set_open(True)
    return cast


def set_open(is_open: bool) -> None:
    db.session.scalars(db.select(Site)).one().registration_open = is_open
    db.session.commit()


def register(username: str = "dora", email: str = "dora@example.com", **changes) -> None:
    asked = {
        "password": PASSWORD,
        "locale": "zh-Hans",
        "submission_id": None,
        "mail_works": True,
        "address": "192.0.2.1",
        "at": NOW,
        **changes,
    }
    registration.register(username=username, email=email, **asked)


def can_sign_in(username: str = "dora") -> bool:
    try:
        accounts.sign_in(username, PASSWORD, address="192.0.2.9", remember=False, at=NOW)
    except RuleBroken:
        return False
    return True


def test_a_registered_reader_confirms_by_mail(open_site, links):
    register()
    user = person_by_username("dora")
    assert (user.status, user.role) == (AccountStatus.UNCONFIRMED, Role.READER)
    assert user.locale == "zh-Hans"
    assert not can_sign_in()
    [token_id] = links
    assert registration.confirm(token_id, at=NOW) is user
    assert can_sign_in()


def test_without_mail_an_administrator_confirms(open_site, links):
    register(mail_works=False)
    assert links == []
    assert not can_sign_in()
    registration.confirm_by_hand(person_by_username("dora").id, by=open_site.ada, at=NOW)
    assert can_sign_in()


@pytest.mark.parametrize(
    ("who", "mail_server", "is_told"),
    [("ada", "", True), ("eve", "", False), ("ada", "mail.example.org", False)],
)
def test_who_may_confirm_is_told_on_the_overview(context, open_site, who, mail_server, is_told):
    context.config["MAIL_SERVER"] = mail_server
    register(mail_works=False)
    page = browser(context, who).get("/admin/").text
    assert ("account waits to be confirmed" in page) == is_told
    registration.confirm_by_hand(person_by_username("dora").id, by=open_site.ada, at=NOW)
    assert "to be confirmed" not in browser(context, who).get("/admin/").text


def test_confirming_by_hand_voids_the_link_and_may_be_repeated(open_site, links):
    register()
    user_id = person_by_username("dora").id
    for _ in range(2):
        registration.confirm_by_hand(user_id, by=open_site.ada, at=NOW)
    with pytest.raises(NotFound):
        registration.confirm(links[0], at=NOW)


@pytest.mark.parametrize("who", ["eve", "rita"])
def test_only_administrators_confirm_by_hand(open_site, who):
    register()
    with pytest.raises(NotAllowed):
        registration.confirm_by_hand(
            person_by_username("dora").id, by=getattr(open_site, who), at=NOW
        )
    assert not can_sign_in()


def test_a_disabled_account_is_not_opened_by_confirming(open_site):
    with pytest.raises(RuleBroken):
        registration.confirm_by_hand(open_site.mallory.id, by=open_site.ada, at=NOW)
    assert open_site.mallory.status == AccountStatus.DISABLED


def test_a_closed_site_takes_no_registration_on_any_path(cast, links):
    set_open(True)
    register()
    set_open(False)
    for path in (
        lambda: register("fred", "fred@example.com"),
        lambda: registration.resend("dora@example.com", address="192.0.2.1", at=NOW),
        lambda: registration.confirm(links[0], at=NOW),
    ):
        with pytest.raises(NotAllowed):
            path()
    assert person_by_username("fred") is None
    assert len(links) == 1
    assert not can_sign_in()


def test_sites_are_closed_until_they_are_opened(cast):
    with pytest.raises(NotAllowed):
        register()


def test_a_taken_address_is_answered_like_a_free_one(open_site, links):
    assert register("dora", "ALICE@example.com") is None
    assert links == []
    assert open_site.alice.email == "alice@example.com"
    # The username is taken either way, so trying it again tells nothing about the address.
    for username in ("dora", "fred"):
        register("fred", "fred@example.com") if username == "fred" else None
        with pytest.raises(RuleBroken) as refusal:
            register(username, "third@example.com")
        assert refusal.value.field == "username"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "alice"}, "username"),
        ({"username": "Ａlice"}, "username"),
        ({"username": ".."}, "username"),
        ({"password": "12345678"}, "password"),
        ({"password": "dora@example.com"}, "password"),
        ({"email": "x" * 250 + "@example.com"}, "email"),
    ],
)
def test_what_breaks_a_rule_is_pinned_to_its_field(open_site, links, changes, field):
    with pytest.raises(RuleBroken) as refusal:
        register(**changes)
    assert refusal.value.field == field
    assert person_by_username("dora") is None
    assert links == []


def test_a_confirmation_works_once_and_for_three_days(open_site, links):
    register()
    with pytest.raises(NotFound):
        registration.confirm(links[0], at=NOW + timedelta(days=3))
    registration.confirm(links[0], at=NOW)
    with pytest.raises(NotFound):
        registration.confirm(links[0], at=NOW)


def test_a_link_to_an_account_that_was_disabled_opens_nothing(open_site, links):
    register()
    person_by_username("dora").status = AccountStatus.DISABLED
    db.session.commit()
    with pytest.raises(NotFound):
        registration.confirm(links[0], at=NOW)
    assert not can_sign_in()


def test_the_link_is_mailed_again_to_who_waits_for_it_alone(open_site, links):
    register()
    for email in ("DORA@example.com", "alice@example.com", "nobody@example.com"):
        assert registration.resend(email, address="192.0.2.1", at=NOW) is None
        answered()
    assert len(links) == 2
    registration.confirm(links[0], at=NOW)
    with pytest.raises(NotFound):
        registration.confirm(links[1], at=NOW)


@pytest.mark.parametrize("email", ["dora@example.com", "nobody@example.com"])
def test_a_mailbox_is_not_flooded(open_site, links, email):
    register()
    for n in range(3):
        registration.resend(email, address=f"192.0.2.{n}", at=NOW)
    with pytest.raises(LimitReached):
        registration.resend(email, address="192.0.2.99", at=NOW)


def test_an_address_registers_a_few_accounts_and_no_more(open_site):
    for n in range(5):
        register(f"dora{n}", f"dora{n}@example.com")
    with pytest.raises(LimitReached):
        register()


def test_twenty_identical_submits_at_once_make_one_account_and_one_mail(context, open_site, links):
    calls = [lambda n=n: register(submission_id="once", address=f"192.0.2.{n}") for n in range(20)]
    assert at_once(context, *calls) == [None] * 20
    assert len(links) == 1
    named = db.select(db.func.count()).select_from(User).where(User.username == "dora")
    assert db.session.scalar(named) == 1
