"""What falls due, and the loop that does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from bluelog import clock
from bluelog.extensions import db, wake
from bluelog.jobs import due, run_due, work
from bluelog.models import Counter, Post, PostStatus, Token
from tests.letters import queued, saved, written_by
from tests.postbox import Postbox, wait_until


@pytest.mark.usefixtures("context")
class TestWhatFallsDue:
    def test_a_scheduled_post_is_published(self, cast: SimpleNamespace, now: datetime) -> None:
        post = written_by(cast.alice, status=PostStatus.SCHEDULED)
        assert run_due(now) == 2  # it, and what is related to it
        assert db.session.get_one(Post, post.id).status == PostStatus.PUBLISHED

    def test_a_sign_of_life_is_left_every_20_seconds(self, now: datetime) -> None:
        seen = []
        for seconds in (0, 19, 20, 39, 41):
            run_due(now + timedelta(seconds=seconds))
            seen.append(self.seen() - int(now.timestamp()))
        assert seen == [0, 0, 20, 20, 41]

    def test_a_sign_of_life_is_left_though_the_clock_was_set_back(self, now: datetime) -> None:
        run_due(now)
        run_due(now - timedelta(days=1))
        assert self.seen() == int((now - timedelta(days=1)).timestamp())

    def seen(self) -> int:
        seen = select(Counter.value).where(Counter.name == due.WORKER_SEEN)
        return db.session.scalars(seen).one()

    def test_what_nobody_needs_is_cleared_out_once_an_hour(
        self, cast: SimpleNamespace, now: datetime
    ) -> None:
        run_due(now)
        old = now - timedelta(days=60)
        saved(Token(user=cast.rita, purpose="reset", created_at=old, expires_at=old))
        run_due(now + timedelta(minutes=59))
        assert db.session.scalars(select(Token)).all()
        run_due(now + timedelta(minutes=61))
        assert db.session.scalars(select(Token)).all() == []

    def test_a_job_that_fails_is_told_and_keeps_no_other_back(
        self, postbox: Postbox, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_at: datetime) -> int:
            raise LookupError("broken")

        monkeypatch.setattr(due, "JOBS", (fail, *due.JOBS))
        queued(now)
        with pytest.raises(ExceptionGroup) as caught:
            run_due(now)
        assert [str(error) for error in caught.value.exceptions] == ["broken"]
        assert len(postbox.messages) == 1

    def test_work_ends_between_two_pieces_when_it_is_to_stop(
        self, postbox: Postbox, now: datetime
    ) -> None:
        stop = Event()
        postbox.meanwhile["DATA"] = stop.set
        for _ in range(3):
            queued(now)
        assert run_due(now, stop) == 1
        assert len(postbox.messages) == 1


class TestLoop:
    """`work()` in a thread of the test, on the app of the test."""

    @contextmanager
    def working(self, app: Flask) -> Iterator[None]:
        stop = Event()
        thread = Thread(target=work, args=(app, stop))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(20)
            assert not thread.is_alive()

    def test_sends_what_is_queued_whether_the_bell_rings_or_not(
        self, posting: Flask, postbox: Postbox
    ) -> None:
        with self.working(posting):
            queued(clock.now())
            wake()
            postbox.wait_for(1)
            queued(clock.now())
            postbox.wait_for(2)

    def test_goes_on_after_a_failure(
        self,
        posting: Flask,
        postbox: Postbox,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        failed = Event()

        def fail_once(_at: datetime) -> int:
            if not failed.is_set():
                failed.set()
                raise LookupError("broken")
            return 0

        monkeypatch.setattr(due, "JOBS", (fail_once, *due.JOBS))
        with self.working(posting):
            wait_until(failed.is_set)
            queued(clock.now())
            wake()
            postbox.wait_for(1)
        assert "The worker goes on after a failure." in caplog.text
