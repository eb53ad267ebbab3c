"""What is sent neither twice nor never: replies that come and go, and a database that is held."""

from datetime import datetime, timedelta
from threading import Timer
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from bluelog import writers
from bluelog.extensions import db
from bluelog.jobs import delivery, run_due
from bluelog.jobs.delivery import lease
from bluelog.models import Comment, CommentStatus, MailStatus, OutgoingMail
from bluelog.services import comments
from tests.letters import change, queued, row, said, written_by
from tests.postbox import Postbox

MOMENT = timedelta(seconds=5)


@pytest.fixture
def reply(cast: SimpleNamespace, postbox: Postbox) -> Comment:
    """Alan's reply to Grace, which waits."""
    post = written_by(cast.alice)
    parent = said(post, status=CommentStatus.APPROVED)
    alan = {"name": "Alan", "email": "alan@example.com", "parent": parent}
    return said(post, **alan)


class TestReplyThatComesAndGoes:
    def test_is_told_when_it_comes_back(
        self, cast: SimpleNamespace, postbox: Postbox, reply: Comment, now: datetime
    ) -> None:
        comments.approve([reply.id], by=cast.eve, at=now)
        comments.hold([reply.id], by=cast.eve, at=now)
        run_due(now + MOMENT)
        assert postbox.messages == []
        comments.approve([reply.id], by=cast.eve, at=now)
        run_due(now + MOMENT)
        assert [message["To"] for message in postbox.messages] == ["grace@example.com"]

    def test_is_told_once(
        self, cast: SimpleNamespace, postbox: Postbox, reply: Comment, now: datetime
    ) -> None:
        for _ in range(2):
            comments.approve([reply.id], by=cast.eve, at=now)
            run_due(now + MOMENT)
            comments.hold([reply.id], by=cast.eve, at=now)
            run_due(now + MOMENT)
        assert len(postbox.messages) == 1

    def test_is_not_told_again_by_a_message_that_may_have_arrived(
        self, cast: SimpleNamespace, postbox: Postbox, reply: Comment, now: datetime
    ) -> None:
        comments.approve([reply.id], by=cast.eve, at=now)
        mail_id = db.session.scalars(select(OutgoingMail.id)).one()
        # The worker ended after the server had taken it.
        change(mail_id, status=MailStatus.SENDING, attempts=1, due_at=now)
        comments.hold([reply.id], by=cast.eve, at=now)
        run_due(now + MOMENT)
        comments.approve([reply.id], by=cast.eve, at=now)
        run_due(now + MOMENT)
        assert postbox.messages == []

    def test_is_told_though_it_comes_back_while_the_message_is_thrown_away(
        self,
        cast: SimpleNamespace,
        postbox: Postbox,
        reply: Comment,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        comments.approve([reply.id], by=cast.eve, at=now)
        comments.hold([reply.id], by=cast.eve, at=now)
        discard = delivery._discard

        def approve_first(*args: Any) -> None:
            comments.approve([reply.id], by=cast.eve, at=now)
            discard(*args)

        monkeypatch.setattr(delivery, "_discard", approve_first)
        run_due(now + MOMENT)
        assert len(postbox.messages) == 1


class TestDatabaseIsHeld:
    @pytest.fixture(autouse=True)
    def _impatience(
        self,
        posting: Flask,  # noqa: ARG002  (its context)
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """SQLite waits for another writer for a moment only."""
        if db.engine.dialect.name != "sqlite":
            pytest.skip("only SQLite gives up waiting")
        monkeypatch.setattr(writers, "PATIENCE_MS", 20)
        monkeypatch.setattr(writers, "SHORT_PATIENCE_MS", 20)

    def hold(self, seconds: float, timers: list[Timer]) -> None:
        writer = db.engine.connect().execution_options(bluelog_writes=True)
        writer.begin()
        timers.append(Timer(seconds, writer.close))
        timers[-1].start()

    def test_and_a_message_that_was_taken_is_marked_when_it_is_free(
        self, posting: Flask, postbox: Postbox, now: datetime
    ) -> None:
        timers: list[Timer] = []

        def hold() -> None:
            with posting.app_context():
                self.hold(0.6, timers)

        postbox.meanwhile["DATA"] = hold
        mail_id = queued(now)
        run_due(now)
        timers[0].join()
        assert row(mail_id).status == MailStatus.SENT
        run_due(now + lease() + MOMENT)
        assert len(postbox.messages) == 1

    def test_until_the_claim_lapses_and_no_longer(
        self, posting: Flask, postbox: Postbox, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        timers: list[Timer] = []

        def hold() -> None:
            with posting.app_context():
                self.hold(2, timers)

        postbox.meanwhile["DATA"] = hold
        mail_id = queued(now)
        monkeypatch.setattr(delivery, "lease", lambda: timedelta(seconds=0.5))
        with pytest.raises(ExceptionGroup):
            run_due(now)
        timers[0].join()
        assert row(mail_id).status == MailStatus.SENDING
