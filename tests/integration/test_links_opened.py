"""What the pages behind mailed links say and keep."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from bluelog import clock, mail
from bluelog.extensions import db
from bluelog.models import AccountStatus, Site, Token, TokenPurpose, User
from bluelog.queries.people import person_by_username
from tests.browsing import browser, post
from tests.conftest import PASSWORD


def link(app: Flask, username: str, purpose: TokenPurpose, status: AccountStatus) -> str:
    """The path of a link that was just mailed to an account in that state."""
    with app.app_context():
        user = person_by_username(username)
        assert user is not None
        user.status = status
        db.session.scalars(db.select(Site)).one().registration_open = True
        now = clock.now()
        token = Token(purpose=purpose, user_id=user.id, email="new@example.com")
        token.created_at, token.expires_at = now, now + timedelta(hours=1)
        db.session.add(token)
        db.session.commit()
        return mail.link_for(token).removeprefix("http://localhost")


def test_who_joins_is_written_to_in_the_language_they_read(site: Flask) -> None:
    path = link(site, "alice", TokenPurpose.INVITATION, AccountStatus.INVITED)
    form = {"username": "alice", "name": "Alice", "password": PASSWORD}
    answer = post(browser(site), path, form, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code in (302, 303), answer.text
    with site.app_context():
        alice = db.session.scalars(db.select(User).where(User.username == "alice")).one()
        assert (alice.status, alice.locale) == (AccountStatus.ACTIVE, "zh-Hans")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Your address is confirmed."), ("zh-CN", "你的邮箱地址已确认。")],
)
def test_who_confirms_an_address_is_told_so(site: Flask, language: str, words: str) -> None:
    path = link(site, "rita", TokenPurpose.CONFIRMATION, AccountStatus.UNCONFIRMED)
    stranger, headers = browser(site), {"Accept-Language": language}
    answer = post(stranger, path, headers=headers)
    assert answer.status_code == 303
    assert words in stranger.get(answer.location, headers=headers).text


def test_who_is_signed_in_and_confirms_a_new_address_is_told_so(site: Flask) -> None:
    path = link(site, "bob", TokenPurpose.EMAIL_CHANGE, AccountStatus.ACTIVE)
    bob = browser(site, "bob")
    answer = post(bob, path)
    assert answer.location == "/account"
    assert "Your address is confirmed." in bob.get(answer.location).text


@pytest.mark.parametrize(("language", "label"), [("en", "New password"), ("zh-CN", "新密码")])
def test_who_chooses_a_new_password_is_asked_for_one(
    site: Flask, language: str, label: str
) -> None:
    path = link(site, "rita", TokenPurpose.RESET, AccountStatus.ACTIVE)
    for browsing, page in ((browser(site), path), (browser(site, "bob"), "/account/password")):
        shown = browsing.get(page, headers={"Accept-Language": language}).text
        assert re.search(rf'<label for="password">\s*{label}\s*</label>', shown), page


@pytest.mark.parametrize(
    ("purpose", "status", "form"),
    [
        (TokenPurpose.RESET, AccountStatus.ACTIVE, {"password": PASSWORD}),
        (TokenPurpose.CONFIRMATION, AccountStatus.UNCONFIRMED, {}),
        (TokenPurpose.EMAIL_CHANGE, AccountStatus.ACTIVE, {}),
        (
            TokenPurpose.INVITATION,
            AccountStatus.INVITED,
            {"username": "rita", "password": PASSWORD},
        ),
    ],
)
def test_who_opens_a_link_once_more_is_told_what_to_do(
    site: Flask, purpose: TokenPurpose, status: AccountStatus, form: dict[str, str]
) -> None:
    path = link(site, "rita", purpose, status)
    assert post(browser(site), path, form).status_code in (302, 303)
    for again in (path, path + "x"):
        for language, words in (("en", "ask for a new one"), ("zh-CN", "请申请新的链接")):
            answer = browser(site).get(again, headers={"Accept-Language": language})
            assert answer.status_code == 404
            assert words in answer.text
