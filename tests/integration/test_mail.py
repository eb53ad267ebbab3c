"""Messages: how they are queued and written out, and the links they carry."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from bluelog import clock, mail
from bluelog.errors import NotFound
from bluelog.events import CommentApproved, CommentSubmitted, Event, LinkIssued
from bluelog.extensions import db
from bluelog.extensions import queue as bell
from bluelog.models import (
    CommentStatus,
    OutgoingMail,
    Post,
    PostStatus,
    Site,
    Token,
    TokenPurpose,
    User,
)
from bluelog.uow import record, unit_of_work
from tests.conftest import NOW
from tests.letters import happened, html_of, read, said, saved, text_of, written_by

HOME = "http://localhost"
LONG_ADDRESS = f"{'grace.brewster.' * 4}hopper@{'a-long-name.' * 8}example.com"

pytestmark = pytest.mark.usefixtures("posting")


@pytest.fixture
def post(cast: SimpleNamespace) -> Post:
    """A published post of alice's."""
    return written_by(cast.alice)


class TestLinks:
    @pytest.mark.parametrize(
        ("purpose", "template", "path"),
        [
            (TokenPurpose.INVITATION, "invitation", "/auth/invitation/"),
            (TokenPurpose.RESET, "password-reset", "/auth/reset/"),
            (TokenPurpose.CONFIRMATION, "confirmation", "/auth/confirm/"),
            (TokenPurpose.EMAIL_CHANGE, "email-change", "/auth/email/"),
        ],
    )
    def test_are_mailed_by_their_purpose(
        self, cast: SimpleNamespace, purpose: TokenPurpose, template: str, path: str
    ) -> None:
        token = self.token(cast.rita, purpose)
        (queued,) = happened(LinkIssued(token.id))
        assert (queued.template, queued.recipient) == (template, "rita@example.com")
        link = mail.link_for(token)
        assert link.startswith(HOME + path)
        assert f"\n\n{link}\n\n" in text_of(queued)
        assert f'href="{link}"' in html_of(queued)

    @pytest.mark.parametrize(
        ("purpose", "greeting"),
        [
            (TokenPurpose.INVITATION, "Hello Rita,"),
            (TokenPurpose.RESET, "Hello Rita,"),
            (TokenPurpose.CONFIRMATION, "Hello,"),
            (TokenPurpose.EMAIL_CHANGE, "Hello,"),
        ],
    )
    def test_carry_a_name_only_to_an_address_known_to_be_its_owners(
        self, cast: SimpleNamespace, purpose: TokenPurpose, greeting: str
    ) -> None:
        (queued,) = happened(LinkIssued(self.token(cast.rita, purpose).id))
        assert text_of(queued).startswith(greeting + "\n")
        assert greeting in html_of(queued)

    def token(self, user: User, purpose: TokenPurpose, **values: Any) -> Token:
        until = NOW + timedelta(days=7)
        return saved(Token(user=user, purpose=purpose, created_at=NOW, expires_at=until, **values))

    def test_go_to_the_address_they_prove(self, cast: SimpleNamespace) -> None:
        token = self.token(cast.rita, TokenPurpose.EMAIL_CHANGE, email="new@example.com")
        (queued,) = happened(LinkIssued(token.id))
        assert queued.recipient == "new@example.com"
        assert "new@example.com" in text_of(queued)

    def test_are_not_mailed_where_there_is_no_address(self, cast: SimpleNamespace) -> None:
        with unit_of_work():
            cast.rita.email = cast.rita.email_key = None
        assert happened(LinkIssued(self.token(cast.rita, TokenPurpose.RESET).id)) == []

    def test_are_not_mailed_once_used(self, cast: SimpleNamespace) -> None:
        token = self.token(cast.rita, TokenPurpose.RESET)
        (queued,) = happened(LinkIssued(token.id))
        with unit_of_work():
            token.used_at = NOW
        with pytest.raises(NotFound):
            mail.render(queued)

    def test_say_until_when_in_the_sites_zone_and_the_readers_language(
        self, cast: SimpleNamespace
    ) -> None:
        with unit_of_work():
            db.session.scalars(select(Site)).one().time_zone = "Asia/Shanghai"
            cast.rita.locale = "zh-Hans"
        token = self.token(cast.rita, TokenPurpose.RESET)
        (queued,) = happened(LinkIssued(token.id))
        assert "2026年3月17日" in text_of(queued)
        assert "20:00" in text_of(queued)

    def test_are_never_in_the_queue(self, cast: SimpleNamespace) -> None:
        (queued,) = happened(LinkIssued(self.token(cast.rita, TokenPurpose.RESET).id))
        assert list(queued.context) == ["token_id"]
        assert all(isinstance(value, int) for value in queued.context.values())

    def test_open_for_their_own_purpose_alone(self, cast: SimpleNamespace) -> None:
        token = self.token(cast.rita, TokenPurpose.INVITATION)
        signed = mail.link_for(token).rpartition("/")[2]
        assert mail.token_id_in(signed, TokenPurpose.INVITATION) == token.id
        assert mail.token_id_in(signed, TokenPurpose.RESET) is None
        assert mail.email_in(signed) is None

    @pytest.mark.parametrize("signed", ["", "x", "MQ.x", "é", "\0", "." * 5000])
    def test_that_are_not_ours_open_nothing(self, signed: str) -> None:
        assert mail.token_id_in(signed, TokenPurpose.RESET) is None
        assert mail.email_in(signed) is None

    def test_to_unsubscribe_name_the_address_whatever_its_case(self) -> None:
        link = mail.unsubscribe_link(" Grace@Example.com")
        assert link.startswith(f"{HOME}/unsubscribe/")
        assert mail.email_in(link.rpartition("/")[2]) == "grace@example.com"


class TestEveryMessage:
    @pytest.fixture(params=["en", "zh-Hans"])
    def messages(
        self, request: pytest.FixtureRequest, post: Post, cast: SimpleNamespace
    ) -> list[OutgoingMail]:
        """One of every template."""
        parent = said(post, status=CommentStatus.APPROVED)
        reply = said(post, parent=parent, status=CommentStatus.APPROVED)
        pending = written_by(cast.carol, status=PostStatus.PENDING, slug="new")
        draft = written_by(cast.carol, status=PostStatus.DRAFT, slug="back")
        until = NOW + timedelta(days=1)
        token = Token(user=cast.rita, purpose="reset", created_at=NOW, expires_at=until)
        context: dict[str, dict[str, int]] = {
            "new-comment": {"comment_id": reply.id},
            "new-reply": {"comment_id": reply.id},
            "post-submitted": {"post_id": pending.id},
            "post-returned": {"post_id": draft.id, "by_id": cast.eve.id},
            "test": {},
        }
        token_id = saved(token).id
        for template in ("invitation", "password-reset", "confirmation", "email-change"):
            context[template] = {"token_id": token_id}
        with unit_of_work():
            return [
                mail.queue(template, to="rita@example.com", locale=request.param, at=NOW, **facts)
                for template, facts in context.items()
            ]

    def test_has_a_text_a_page_and_the_headers_of_a_machine(
        self, messages: list[OutgoingMail]
    ) -> None:
        for queued in messages:
            message = read(queued)
            assert message["Subject"].strip()
            assert message["Message-ID"] == queued.message_id
            assert message["Date"].datetime == NOW
            assert message["To"] == "rita@example.com"
            assert message["Auto-Submitted"] == "auto-generated"
            assert ("List-Unsubscribe" in message) == (queued.template == "new-reply")
            assert "The Lantern" in text_of(queued)
            assert f'<html lang="{queued.locale}">' in html_of(queued)
            assert message["Subject"] in html_of(queued).replace("&amp;", "&")

    def test_is_laid_out_without_gaps_or_left_over_marks(
        self, messages: list[OutgoingMail]
    ) -> None:
        for queued in messages:
            text = text_of(queued)
            assert "\n\n\n" not in text, queued.template
            assert text.count("\n\n-- \nThe Lantern\n") == 1, queued.template
            assert not {"{{", "}}", "{%"} & set(text.split())
            assert "None" not in text + html_of(queued)

    def test_has_an_id_of_its_own_at_the_blogs_host(self, messages: list[OutgoingMail]) -> None:
        ids = {queued.message_id for queued in messages}
        assert len(ids) == len(messages)
        assert all(one.endswith("@localhost>") for one in ids)

    def test_cannot_be_given_headers_by_a_title(self, post: Post) -> None:
        with unit_of_work():
            post.title = "Oil\r\nBcc: all@example.com\n\nBody\x07\x1b"
        queued = happened(CommentSubmitted(said(post).id))[0]
        message = read(queued)
        assert message["Bcc"] is None
        assert message["Subject"] == "New comment on “Oil Bcc: all@example.com Body”"

    @pytest.mark.parametrize("letter", ["x", "灯", "."])
    def test_has_no_line_that_a_server_would_cut(self, post: Post, letter: str) -> None:
        queued = happened(CommentSubmitted(said(post, body=letter * 5000).id))[0]
        lines = mail.render(queued).as_bytes().split(b"\r\n")
        assert max(map(len, lines)) <= 78
        assert letter * 5000 in text_of(queued)
        assert letter * 5000 in html_of(queued)

    def test_can_be_ended_with_one_click_however_long_the_address(self, post: Post) -> None:
        parent = said(post, status=CommentStatus.APPROVED, email=LONG_ADDRESS)
        reply = said(post, parent=parent, status=CommentStatus.APPROVED)
        queued = happened(CommentApproved(reply.id))[0]
        header = f"List-Unsubscribe: <{mail.unsubscribe_link(LONG_ADDRESS)}>\r\n"
        assert header.encode() in mail.render(queued).as_bytes()
        assert read(queued)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


class TestQueue:
    def test_stays_empty_without_a_mail_server(self, posting: Flask, post: Post) -> None:
        posting.config["MAIL_SERVER"] = None
        assert happened(CommentSubmitted(said(post).id)) == []

    def test_rings_for_the_worker_when_there_is_mail(self, post: Post) -> None:
        happened(CommentSubmitted(said(post).id))
        assert bell.huey.pending_count() == 1

    def test_holds_nothing_of_a_change_that_was_undone(self, post: Post) -> None:
        comment = said(post)
        with pytest.raises(LookupError):
            self.fail_after(CommentSubmitted(comment.id))
        assert db.session.scalars(select(OutgoingMail)).all() == []

    def test_is_due_at_once(self, post: Post) -> None:
        before = clock.now()
        queued = happened(CommentSubmitted(said(post).id))[0]
        assert before <= queued.due_at <= clock.now()

    def fail_after(self, event: Event) -> None:
        with unit_of_work():
            record(event)
            mail.queue("test", to="ada@example.com", locale="en", at=NOW)
            db.session.flush()
            raise LookupError
