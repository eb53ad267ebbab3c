"""The access log is read to the line: rotated, cut off, hostile, by a worker that is killed."""

import gzip
import os
import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import create_environ, run_wsgi_app

from bluelog.extensions import db
from bluelog.jobs import log_files, reading
from bluelog.jobs.log_files import LogFile
from bluelog.models import Post, ReadLog
from bluelog.services import reads
from bluelog.services.readers import Readers
from bluelog.text.access_line import parse
from tests.conftest import NOW
from tests.making import make_post
from tests.reading import Log, count_of, later, line

KIB = 1024


@pytest.fixture
def log(context: Flask, tmp_path: Path) -> Log:
    return Log(context, tmp_path / "nginx.log")


@pytest.fixture
def post(cast: SimpleNamespace) -> Post:
    return make_post(cast.alice)


def add_readers(log: Log, first: int, last: int) -> None:
    for n in range(first, last):
        at = NOW + timedelta(seconds=n)
        log.add("/post/a-post", address=f"10.0.{n // 250}.{n % 250}", at=at)


def test_each_line_is_read_once(log: Log, post: Post) -> None:
    add_readers(log, 0, 10)
    assert (log.read(), log.read()) == (10, 0)
    log.begin_anew()
    assert log.read() == 0
    add_readers(log, 10, 15)
    assert log.read() == 5
    assert count_of(post) == 15


def test_a_worker_killed_between_any_two_steps_neither_loses_nor_doubles(
    log: Log, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_readers(log, 0, 300)
    monkeypatch.setattr(log_files, "PORTION_BYTES", 8 * KIB)
    steps = 0
    for name in ("_count_reads", "_count_hits", "_add_reads"):
        with monkeypatch.context() as killing:
            killing.setattr(reads, name, _die)
            with pytest.raises(KeyboardInterrupt):
                log.worker.on(NOW)
        log.begin_anew()
        assert log.worker.on(NOW) > 0
        steps += 1
    log.begin_anew()
    log.read()
    assert steps == 3
    assert count_of(post) == 300


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_after_a_failure_the_same_worker_counts_what_it_had_not(
    log: Log, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_readers(log, 0, 3)
    with monkeypatch.context() as failing:
        failing.setattr(reads, "_count_hits", _fail)
        with pytest.raises(RuntimeError):
            log.worker.on(NOW)
    log.read()
    assert count_of(post) == 3


def _fail(*_: object) -> None:
    raise RuntimeError("the database is busy")


def test_two_workers_count_a_line_once(log: Log, post: Post) -> None:
    add_readers(log, 0, 2)
    requests = [
        found
        for entry in log.path.read_bytes().splitlines()
        if (found := parse(entry, reads.counts))
    ]
    batch = reads.Batch("f" * 64, 0, log.path.stat().st_size, requests)
    more = reads.Batch("f" * 64, batch.end, batch.end + 10, requests)
    took = [reads.take(b, Readers(), own_host="", at=NOW) for b in (batch, batch, more, more)]
    assert took == [True, False, True, False]
    assert count_of(post) == 4


@pytest.mark.parametrize("way", ["renamed", "copied and emptied", "compressed"])
def test_a_rotated_log_is_read_to_its_end_and_the_new_one_from_its_start(
    log: Log, post: Post, way: str
) -> None:
    add_readers(log, 0, 10)
    log.read()
    add_readers(log, 10, 20)
    rotated = log.path.with_name("nginx.log.1")
    if way == "renamed":
        log.path.rename(rotated)
    elif way == "compressed":
        with gzip.open(log.path.with_name("nginx.log.2.gz"), "wb") as packed:
            packed.write(log.path.read_bytes())
        log.path.unlink()
    else:
        shutil.copy(log.path, rotated)
        log.path.write_bytes(b"")
    add_readers(log, 20, 30)
    assert log.read() == 20
    log.begin_anew()
    assert log.read() == 0
    assert count_of(post) == 30


def test_a_renamed_log_that_is_still_written_to_is_read_on(log: Log, post: Post) -> None:
    add_readers(log, 0, 2)
    with log.path.open("ab") as server:
        log.path.rename(log.path.with_name("nginx.log.1"))
        log.read()
        server.write(line("/post/a-post", address="192.0.2.1"))
    assert log.read() == 1
    assert count_of(post) == 3


def test_what_was_rotated_while_no_worker_ran_is_counted_the_oldest_first(
    log: Log, post: Post
) -> None:
    with gzip.open(log.path.with_name("nginx.log.2.gz"), "wb") as packed:
        packed.write(line("/post/a-post", address="192.0.2.1", at=NOW - timedelta(minutes=2)))
    rotated = line("/post/a-post", address="192.0.2.2", at=NOW - timedelta(minutes=1))
    log.path.with_name("nginx.log.1").write_bytes(rotated)
    log.path.with_name("nginx.log.bak").write_bytes(line("/post/a-post", address="192.0.2.3"))
    log.add("/post/a-post", address="192.0.2.4")
    os.utime(log.path.with_name("nginx.log.2.gz"), (1, 1))
    assert log.read() == 3
    assert count_of(post) == 3


def test_a_line_that_is_being_written_waits_for_its_end(log: Log, post: Post) -> None:
    whole = line("/post/a-post")
    for cut in (len(whole) // 2, len(whole) - 1):
        log.path.write_bytes(whole[:cut])
        assert log.read() == 0
    log.path.write_bytes(whole)
    assert log.read() == 1
    assert count_of(post) == 1
    with log.path.open("ab") as file:
        file.write(line("/post/a-post", address="192.0.2.1")[:-20])
    assert log.read() == 0


def test_hostile_lines_are_passed_over(log: Log, post: Post) -> None:
    lines = [
        b"",
        b"\x00" * 100,
        b"\xff\xfe not a line of ours",
        b"GET /post/a-post",
        line("/post/a-post")[:40],
        line("/post/%FF%FE")[:-1],
        line("/post/a-post%00")[:-1],
        line("/post/a-post", address="a" * 5000)[:-1],
        line('/post/a-post" 200 1 "-" "Mozilla/5.0" x="')[:-1],
        line("/post/a-post").replace(b"2026-03-10", b"9999-99-99")[:-1],
        line("/post/a-post").replace(b"+00:00]", b"]")[:-1],
        line("/post/a-post?" + "x" * 20_000)[:-1],
        line("/post/a-post", referrer="https://[::1")[:-1],
    ]
    log.path.write_bytes(b"\n".join(lines) + b"\n" + line("/post/a-post", address="192.0.2.1"))
    assert log.read() == len(lines) + 1
    assert count_of(post) == 2


def test_a_line_of_ten_megabytes_is_passed_over_without_being_held(log: Log, post: Post) -> None:
    log.add("/post/a-post")
    with log.path.open("ab") as file:
        file.write(b"x" * 10 * KIB * KIB)
    assert log.read() == 1
    with log.path.open("ab") as file:
        file.write(b"\n")
    log.add("/post/a-post", address="192.0.2.1")
    log.read()
    assert count_of(post) == 2
    file = LogFile.there(log.path)
    assert file
    assert file.lines_from(len(line("/post/a-post")))[1] == []


def test_a_damaged_or_closed_file_is_told_once_and_keeps_no_other_back(
    log: Log, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    log.path.with_name("nginx.log.2.gz").write_bytes(b"\x1f\x8b nothing of the kind")
    log.path.with_name("nginx.log.3").mkdir()
    log.add("/post/a-post")
    log.read()
    log.read()
    assert count_of(post) == 1
    assert caplog.text.count("nginx.log.2.gz cannot be read") == 1


def test_the_worker_reads_and_forgets_files_that_are_gone(log: Log, post: Post) -> None:
    log.app.extensions[reading._KEY] = log.worker
    log.add("/post/a-post")
    assert reading.count_reads(NOW) == 1
    assert reading.count_reads(NOW) == 0
    reading.forget(later(24 * 40))
    assert positions() == [log.path.stat().st_size]
    log.path.unlink()
    reading.forget(later(24 * 90))
    assert positions() == [len(line("/post/a-post"))], "a mounted disk may come back"
    reading.forget(later(24 * 101))
    assert positions() == []


def positions() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(ReadLog.position)))


def test_readers_of_days_that_are_over_are_forgotten() -> None:
    readers = Readers()
    mark = readers.mark(NOW.date(), 1, "192.0.2.1", "x")
    readers.remember([mark])
    assert not readers.is_new(readers.mark(NOW.date(), 1, "192.0.2.1", "x"))
    assert readers.mark(NOW.date(), 2, "192.0.2.1", "x") != mark
    readers.forget(later(48).date())
    assert readers._keys == readers._known == {}
    assert readers.mark(NOW.date(), 1, "192.0.2.1", "x") != mark, "the key is another"


class TestOwn:
    """Where no proxy writes a log, the app does."""

    def test_pages_kept_in_memory_are_in_it_and_the_worker_counts_them(
        self, context: Flask, post: Post
    ) -> None:
        for n in range(3):
            ask(context, "/post/a-post?token=secret", REMOTE_ADDR=f"192.0.2.{n}")
        ask(context, "/post/gone", HTTP_REFERER="http://localhost/auth/reset/proof")
        written = reading.access_log(context).read_text()
        assert len(written.splitlines()) == 4
        assert "secret" not in written
        assert "proof" not in written
        worker = reading.Reading(context)
        assert worker.on(NOW) == 4
        assert count_of(post) == 3

    def test_what_is_nobodys_reading_is_not_in_it(self, context: Flask) -> None:
        for path in ("/admin/", "/auth/login", "/auth/reset/proof", "/healthz", "/static/x.css"):
            ask(context, path)
        ask(context, "/", REQUEST_METHOD="HEAD")
        ask(context, "/preview/proof")
        assert not reading.access_log(context).exists()

    @pytest.mark.usefixtures("post")
    def test_no_preview_is_named_where_one_came_from(self, context: Flask) -> None:
        ask(context, "/post/a-post", HTTP_REFERER="https://blog.example/preview/proof")
        written = reading.access_log(context).read_text()
        assert "/post/a-post" in written
        assert "proof" not in written

    @pytest.mark.usefixtures("post")
    def test_it_is_put_aside_when_its_day_is_over_and_it_is_read(self, context: Flask) -> None:
        ask(context, "/post/a-post")
        log, worker = reading.access_log(context), reading.Reading(context)
        day = LogFile.there(log)
        assert day
        began = day.began_on()
        assert began
        at = NOW.replace(year=began.year, month=began.month, day=began.day)
        worker.retire(at.replace(year=at.year + 1))
        assert log.exists(), "it is not read yet"
        while worker.on(at):
            pass
        worker.retire(at)
        assert log.exists(), "its day is not over"
        worker.retire(at.replace(year=at.year + 1))
        assert [path.name for path in log.parent.glob("access.log*")] == ["access.log.1"]
        ask(context, "/post/a-post", REMOTE_ADDR="192.0.2.9")

    @pytest.mark.usefixtures("post")
    def test_a_full_disk_keeps_nobody_from_reading(
        self, context: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "write", _no_room)
        assert ask(context, "/post/a-post").startswith("200")


def _no_room(*_: object) -> int:
    raise OSError(28, "No space left on device")


def ask(app: Flask, target: str, **environ: str) -> str:
    path, _, query = target.partition("?")
    said = {"REMOTE_ADDR": "192.0.2.1", "HTTP_USER_AGENT": "Mozilla/5.0 Firefox/140.0"} | environ
    asked = create_environ(path, "http://localhost", query_string=query) | said
    db.session.rollback()
    _, status, _ = run_wsgi_app(app.wsgi_app, asked)
    outer: Any = app.wsgi_app
    outer.write_out()
    return status
