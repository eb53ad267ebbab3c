"""Who is written to about what, and what the message says."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from bluelog import mail
from bluelog.errors import NotFound
from bluelog.events import CommentApproved, CommentSubmitted, PostReturned, PostSubmitted
from bluelog.extensions import db
from bluelog.models import (
    AccountStatus,
    Comment,
    CommentStatus,
    MailOptOut,
    Post,
    PostAuthor,
    PostStatus,
    Site,
)
from bluelog.uow import unit_of_work
from tests.conftest import NOW
from tests.letters import happened, html_of, recipients, said, saved, text_of, written_by

HOME = "http://localhost"

pytestmark = pytest.mark.usefixtures("posting")


@pytest.fixture
def post(cast: SimpleNamespace) -> Post:
    """A published post of alice's."""
    return written_by(cast.alice)


class TestNewComment:
    def test_goes_to_the_author_editors_and_administrators_once_each(
        self, post: Post, cast: SimpleNamespace
    ) -> None:
        saved(PostAuthor(post_id=post.id, user_id=cast.eve.id, position=1))
        queued = happened(CommentSubmitted(said(post).id))
        assert sorted(recipients(queued)) == ["ada", "alice", "eve"]

    def test_is_not_told_to_the_one_who_wrote_it(self, post: Post, cast: SimpleNamespace) -> None:
        queued = happened(CommentSubmitted(said(post, user=cast.eve).id))
        assert recipients(queued) == ["ada", "alice"]

    def test_of_staff_goes_to_the_authors_alone(self, post: Post, cast: SimpleNamespace) -> None:
        comment = said(post, user=cast.eve, status=CommentStatus.APPROVED, from_staff=True)
        assert recipients(happened(CommentSubmitted(comment.id))) == ["alice"]

    def test_of_the_author_himself_goes_to_nobody(self, post: Post, cast: SimpleNamespace) -> None:
        comment = said(post, user=cast.alice, status=CommentStatus.APPROVED, from_staff=True)
        assert happened(CommentSubmitted(comment.id)) == []

    def test_is_not_told_to_an_author_who_may_not_moderate(self, cast: SimpleNamespace) -> None:
        queued = happened(CommentSubmitted(said(written_by(cast.carol)).id))
        assert recipients(queued) == ["ada", "eve"]

    def test_passes_over_disabled_accounts_and_those_without_an_address(
        self, post: Post, cast: SimpleNamespace
    ) -> None:
        with unit_of_work():
            cast.eve.status = AccountStatus.DISABLED
            cast.ada.email = cast.ada.email_key = None
        assert recipients(happened(CommentSubmitted(said(post).id))) == ["alice"]

    def test_under_an_editors_address_still_reaches_that_editor(self, post: Post) -> None:
        queued = happened(CommentSubmitted(said(post, email="eve@example.com").id))
        assert "eve" in recipients(queued)

    def test_taken_for_spam_at_once_is_not_told(self, post: Post) -> None:
        assert happened(CommentSubmitted(said(post, status=CommentStatus.SPAM).id)) == []

    def test_is_written_in_the_readers_language_else_the_sites(
        self, post: Post, cast: SimpleNamespace
    ) -> None:
        with unit_of_work():
            cast.alice.locale = "zh-Hans"
        queued = happened(CommentSubmitted(said(post).id))
        assert [(m.recipient[:3], m.locale) for m in queued] == [
            ("ada", "en"),
            ("eve", "en"),
            ("ali", "zh-Hans"),
        ]
        assert '<html lang="zh-Hans">' in html_of(queued[2])

    def test_says_who_where_what_and_that_it_waits(self, post: Post) -> None:
        comment = said(post, name="Grace <3", body="One\n<b>two</b>")
        queued = happened(CommentSubmitted(comment.id))[0]
        text, html = text_of(queued), html_of(queued)
        assert "Grace <3 commented on “Lamps & oil”. The comment waits for approval:" in text
        assert "> One\n> <b>two</b>" in text
        assert f"{HOME}/admin/comments?filter=pending" in text
        assert f"{HOME}/post/%E7%81%AF\n" in text
        assert "Grace &lt;3 commented on “Lamps &amp; oil”" in html
        assert "&lt;b&gt;two&lt;/b&gt;" in html

    def test_that_was_approved_meanwhile_no_longer_asks_for_it(self, post: Post) -> None:
        comment = said(post)
        queued = happened(CommentSubmitted(comment.id))[0]
        with unit_of_work():
            comment.status = CommentStatus.APPROVED
        assert "filter=pending" not in text_of(queued) + html_of(queued)
        assert f"{HOME}/post/%E7%81%AF/comments/{comment.id}" in text_of(queued)

    def test_goes_to_the_operators_once_each_where_no_administrator_is_reached(
        self, post: Post, cast: SimpleNamespace, context: Flask
    ) -> None:
        operators = ("root@example.org", "Eve@example.com", "ROOT@example.org", "ops@example.org")
        context.config["BLUELOG_EMAIL"] = operators
        with unit_of_work():
            cast.ada.email = cast.ada.email_key = None
            db.session.execute(db.update(Site).values(language="zh-Hans"))
        queued = happened(CommentSubmitted(said(post).id))
        assert sorted(recipients(queued)) == ["alice", "eve", "ops", "root"]
        assert {m.locale for m in queued if m.recipient.endswith(".org")} == {"zh-Hans"}
        assert '<html lang="zh-Hans">' in html_of(queued[-1])

    def test_goes_to_the_operators_where_the_administrator_is_disabled(
        self, post: Post, cast: SimpleNamespace, context: Flask
    ) -> None:
        context.config["BLUELOG_EMAIL"] = ("ops@example.org",)
        with unit_of_work():
            cast.ada.status = AccountStatus.DISABLED
        assert "ops" in recipients(happened(CommentSubmitted(said(post).id)))

    def test_does_not_go_to_the_operators_where_an_administrator_is_reached(
        self, post: Post, context: Flask
    ) -> None:
        context.config["BLUELOG_EMAIL"] = ("ops@example.org",)
        assert "ops" not in recipients(happened(CommentSubmitted(said(post).id)))

    def test_that_shows_at_once_is_no_matter_for_the_operators(
        self, post: Post, cast: SimpleNamespace, context: Flask
    ) -> None:
        context.config["BLUELOG_EMAIL"] = ("ops@example.org",)
        with unit_of_work():
            cast.ada.email = cast.ada.email_key = None
        comment = said(post, user=cast.eve, status=CommentStatus.APPROVED, from_staff=True)
        assert recipients(happened(CommentSubmitted(comment.id))) == ["alice"]

    @pytest.mark.parametrize("status", [CommentStatus.SPAM, CommentStatus.TRASHED])
    def test_that_was_removed_meanwhile_is_not_sent(
        self, post: Post, status: CommentStatus
    ) -> None:
        comment = said(post)
        queued = happened(CommentSubmitted(comment.id))[0]
        with unit_of_work():
            comment.status = status
        with pytest.raises(NotFound):
            mail.render(queued)


class TestNewReply:
    @pytest.fixture
    def parent(self, post: Post) -> Comment:
        return said(post, status=CommentStatus.APPROVED, body="What oil?", locale="zh-CN")

    def answer(self, parent: Comment, **values: Any) -> Comment:
        guest = {} if values.get("user") else {"name": "Alan", "email": "alan@example.com"}
        status = {"status": CommentStatus.APPROVED, "body": "Rape oil."}
        post = db.session.get_one(Post, parent.post_id)
        return said(post, parent=parent, **guest | status | values)

    def test_goes_to_the_guest_replied_to_in_the_language_of_the_comment(
        self, parent: Comment
    ) -> None:
        reply = self.answer(parent)
        queued = happened(CommentApproved(reply.id))
        assert recipients(queued) == ["grace"]
        assert '<html lang="zh-Hans">' in html_of(queued[0])
        assert reply.reply_mailed

    def test_goes_to_the_account_replied_to(self, post: Post, cast: SimpleNamespace) -> None:
        parent = said(post, user=cast.rita, status=CommentStatus.APPROVED)
        queued = happened(CommentApproved(self.answer(parent, user=cast.alice).id))
        assert recipients(queued) == ["rita"]

    def test_is_sent_once_however_often_it_is_approved(self, parent: Comment) -> None:
        reply = self.answer(parent)
        happened(CommentApproved(reply.id))
        assert len(happened(CommentApproved(reply.id))) == 1

    def test_is_not_sent_before_approval(self, parent: Comment) -> None:
        reply = self.answer(parent, status=CommentStatus.PENDING)
        assert "grace" not in recipients(happened(CommentSubmitted(reply.id)))
        assert not reply.reply_mailed

    def test_to_nobody_is_not_mailed(self, parent: Comment) -> None:
        assert happened(CommentApproved(parent.id)) == []

    @pytest.mark.parametrize("address", ["grace@example.com", "Grace@Example.com"])
    def test_to_oneself_is_not_mailed(self, parent: Comment, address: str) -> None:
        assert happened(CommentApproved(self.answer(parent, email=address).id)) == []

    def test_to_ones_own_account_is_not_mailed(self, post: Post, cast: SimpleNamespace) -> None:
        parent = said(post, user=cast.rita, status=CommentStatus.APPROVED)
        assert happened(CommentApproved(self.answer(parent, user=cast.rita).id)) == []

    def test_to_a_disabled_account_is_not_mailed(self, post: Post, cast: SimpleNamespace) -> None:
        parent = said(post, user=cast.mallory, status=CommentStatus.APPROVED)
        assert happened(CommentApproved(self.answer(parent).id)) == []

    def test_to_someone_who_wants_none_is_not_mailed(self, parent: Comment) -> None:
        with unit_of_work():
            parent.email = "Grace@Example.com"
            db.session.add(MailOptOut(email_key="grace@example.com", created_at=NOW))
        assert happened(CommentApproved(self.answer(parent).id)) == []

    def test_on_a_post_that_is_private_is_not_mailed(self, post: Post, parent: Comment) -> None:
        with unit_of_work():
            post.status = PostStatus.PRIVATE
        assert happened(CommentApproved(self.answer(parent).id)) == []

    def test_is_not_sent_to_someone_who_unsubscribed_meanwhile(self, parent: Comment) -> None:
        queued = happened(CommentApproved(self.answer(parent).id))[0]
        saved(MailOptOut(email_key="grace@example.com", created_at=NOW))
        with pytest.raises(NotFound):
            mail.render(queued)

    def test_shows_both_comments_the_place_and_the_way_out(self, parent: Comment) -> None:
        reply = self.answer(parent)
        queued = happened(CommentApproved(reply.id))[0]
        out = mail.unsubscribe_link("grace@example.com")
        for part in (text_of(queued), html_of(queued)):
            assert "What oil?" in part
            assert "Rape oil." in part
            assert f"{HOME}/post/%E7%81%AF/comments/{reply.id}" in part
            assert out in part
            assert "alan@example.com" not in part


class TestReview:
    def test_a_post_handed_in_is_told_to_editors_and_administrators(
        self, cast: SimpleNamespace
    ) -> None:
        post = written_by(cast.carol, cast.bob, status=PostStatus.PENDING)
        queued = happened(PostSubmitted(post.id))
        assert recipients(queued) == ["ada", "eve"]
        assert "Carol and Bob handed in “Lamps & oil” for review." in text_of(queued[0])
        assert f"{HOME}/admin/posts/{post.id}/edit" in html_of(queued[0])

    def test_a_post_handed_in_by_an_editor_is_told_to_the_others(
        self, cast: SimpleNamespace
    ) -> None:
        post = written_by(cast.eve, status=PostStatus.PENDING)
        assert recipients(happened(PostSubmitted(post.id))) == ["ada"]

    def test_a_post_sent_back_is_told_to_its_authors_with_the_note(
        self, cast: SimpleNamespace
    ) -> None:
        post = written_by(cast.carol, cast.eve, status=PostStatus.DRAFT)
        (queued,) = happened(PostReturned(post.id, cast.eve.id, "Shorter, please."))
        assert recipients([queued]) == ["carol"]
        assert "Eve returned “Lamps & oil” with a note:\n\n> Shorter, please." in text_of(queued)
        assert "Shorter, please." in html_of(queued)

    def test_a_post_sent_back_without_a_note_says_so(self, cast: SimpleNamespace) -> None:
        post = written_by(cast.carol, status=PostStatus.DRAFT)
        with unit_of_work():
            post.review_note = ""
        (queued,) = happened(PostReturned(post.id, cast.eve.id, ""))
        assert "Eve returned “Lamps & oil”. It is a draft again." in text_of(queued)
