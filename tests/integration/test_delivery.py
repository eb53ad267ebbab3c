"""Sending queued mail to a real server on loopback that is up, down or refusing."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select

from bluelog import mail
from bluelog.extensions import db
from bluelog.jobs import run_due
from bluelog.jobs.delivery import BACKOFF, KEPT, MOST_ATTEMPTS, lease
from bluelog.models import MailStatus, OutgoingMail
from bluelog.uow import unit_of_work
from tests.letters import change, queued, row
from tests.postbox import Postbox, free_port, send_to

MOMENT = timedelta(seconds=5)


class TestServerIsUp:
    def test_each_message_is_sent_once(self, postbox: Postbox, now: datetime) -> None:
        ids = [queued(now), queued(now, to="bob@example.com")]
        assert run_due(now) == 2
        assert run_due(now + lease()) == 0
        assert [message["To"] for message in postbox.messages] == [
            "rita@example.com",
            "bob@example.com",
        ]
        assert [row(mail_id).status for mail_id in ids] == [MailStatus.SENT, MailStatus.SENT]

    def test_message_arrives_as_it_was_rendered(self, postbox: Postbox, now: datetime) -> None:
        mail_id = queued(now)
        run_due(now)
        (message,) = postbox.messages
        assert message["Message-ID"] == row(mail_id).message_id
        assert message["Subject"] == "Test message from The Lantern"
        assert "The Lantern can send mail" in message.get_body(("plain",)).get_content()
        assert "The Lantern can send mail" in message.get_body(("html",)).get_content()

    def test_what_is_not_due_yet_waits(self, postbox: Postbox, now: datetime) -> None:
        queued(now + MOMENT)
        assert run_due(now) == 0
        assert postbox.messages == []
        assert run_due(now + MOMENT) == 1
        assert len(postbox.messages) == 1

    def test_what_another_worker_has_claimed_waits_until_the_claim_lapses(
        self, postbox: Postbox, now: datetime
    ) -> None:
        mail_id = queued(now)
        change(mail_id, status=MailStatus.SENDING, due_at=now + lease(), attempts=1)
        assert run_due(now) == 0
        assert run_due(now + lease()) == 1
        assert len(postbox.messages) == 1

    def test_two_workers_at_the_same_moment_send_it_once(
        self, posting: Flask, postbox: Postbox, now: datetime
    ) -> None:
        ids = [queued(now) for _ in range(6)]

        def work() -> None:
            with posting.app_context():
                run_due(now)

        workers = [Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        run_due(now)
        assert len(postbox.messages) == len(ids)
        assert {row(mail_id).attempts for mail_id in ids} == {1}

    def test_a_message_about_something_that_is_gone_is_forgotten(
        self, postbox: Postbox, now: datetime
    ) -> None:
        with unit_of_work():
            mail.queue("new-reply", to="rita@example.com", locale="en", at=now, comment_id=9)
        assert run_due(now) == 1
        assert db.session.scalars(select(OutgoingMail)).all() == []
        assert postbox.messages == []

    def test_nothing_is_tried_when_the_server_is_configured_no_more(
        self, posting: Flask, now: datetime
    ) -> None:
        mail_id = queued(now)
        posting.config["MAIL_SERVER"] = None
        assert run_due(now) == 0
        assert (row(mail_id).status, row(mail_id).attempts) == (MailStatus.QUEUED, 0)

    def test_sent_messages_are_forgotten_after_a_month(
        self, postbox: Postbox, now: datetime
    ) -> None:
        queued(now)
        run_due(now)
        run_due(now + KEPT + lease() + MOMENT)
        assert db.session.scalars(select(OutgoingMail)).all() == []
        assert len(postbox.messages) == 1


class TestServerIsDown:
    @pytest.fixture
    def port(self, posting: Flask) -> int:
        """A port that nothing listens on."""
        port = free_port()
        send_to(port, posting)
        return port

    def test_message_is_sent_once_when_it_is_back(self, port: int, now: datetime) -> None:
        mail_id = queued(now)
        assert run_due(now) == 1
        waiting = row(mail_id)
        assert (waiting.status, waiting.attempts) == (MailStatus.QUEUED, 1)
        assert now + BACKOFF[0] <= waiting.due_at < now + BACKOFF[0] + MOMENT
        assert "ConnectionRefusedError" in waiting.error
        with Postbox(port) as postbox:
            assert run_due(now) == 0
            run_due(now + BACKOFF[0] + MOMENT)
            run_due(now + BACKOFF[0] + MOMENT + lease())
            assert len(postbox.messages) == 1
        assert (row(mail_id).status, row(mail_id).error) == (MailStatus.SENT, "")

    @pytest.mark.usefixtures("port")
    def test_message_is_given_up_after_ten_attempts_further_and_further_apart(
        self, now: datetime
    ) -> None:
        mail_id = queued(now)
        pauses = []
        while row(mail_id).status == MailStatus.QUEUED:
            tried_at = row(mail_id).due_at
            run_due(tried_at)
            pauses.append(round((row(mail_id).due_at - tried_at) / timedelta(minutes=1)))
        assert row(mail_id).status == MailStatus.FAILED
        assert pauses == [1, 5, 30, 120, 360, 360, 360, 360, 360, 360]

    @pytest.mark.usefixtures("port")
    def test_message_that_ends_every_worker_is_given_up(self, now: datetime) -> None:
        mail_id = queued(now)
        change(mail_id, status=MailStatus.SENDING, attempts=MOST_ATTEMPTS)
        run_due(now)
        assert row(mail_id).status == MailStatus.FAILED

    @pytest.mark.usefixtures("port")
    def test_one_message_keeps_no_other_back(self, now: datetime) -> None:
        ids = [queued(now) for _ in range(3)]
        assert run_due(now) == 3
        assert {row(mail_id).attempts for mail_id in ids} == {1}


class TestServerRefuses:
    @pytest.mark.parametrize("verb", ["RCPT", "DATA"])
    def test_for_good_and_the_message_is_given_up(
        self, postbox: Postbox, now: datetime, verb: str
    ) -> None:
        postbox.answers[verb] = "550 No such \0 lantern"
        mail_id = queued(now)
        run_due(now)
        assert (row(mail_id).status, row(mail_id).error) == (
            MailStatus.FAILED,
            "550 No such  lantern",
        )

    @pytest.mark.parametrize(
        ("verb", "answer"),
        [
            ("RCPT", "450 Later"),
            ("DATA", "451 Later"),
            ("MAIL", "530 Who are you"),
            ("MAIL", "421"),
        ],
    )
    def test_for_now_and_the_message_waits(
        self, postbox: Postbox, now: datetime, verb: str, answer: str
    ) -> None:
        postbox.answers[verb] = answer
        mail_id = queued(now)
        run_due(now)
        assert row(mail_id).status == MailStatus.QUEUED
        assert row(mail_id).error.startswith(answer[:3])
        postbox.answers.clear()
        run_due(row(mail_id).due_at)
        assert len(postbox.messages) == 1

    def test_nothing_but_the_farewell_and_the_message_counts_as_sent(
        self, postbox: Postbox, now: datetime
    ) -> None:
        postbox.answers["QUIT"] = "500 Stay"
        mail_id = queued(now)
        run_due(now)
        assert row(mail_id).status == MailStatus.SENT

    def test_an_address_that_would_add_a_header_never_reaches_it(
        self, postbox: Postbox, now: datetime
    ) -> None:
        mail_id = queued(now, to="rita@example.com\nBcc: all@example.com")
        run_due(now)
        assert row(mail_id).status == MailStatus.FAILED
        assert postbox.messages == []
