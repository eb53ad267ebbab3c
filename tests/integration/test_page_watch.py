"""Every commit of every process is seen by the watch, over a connection of its own."""

import gc
import multiprocessing
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from bluelog.extensions import db
from bluelog.models import ContentRevision, Counter, Post
from bluelog.queries.revisions import Revisions
from bluelog.web.pages import watch as watching
from bluelog.web.pages.watch import (
    Mark,
    ServerWatch,
    SQLiteWatch,
    Watch,
    WatchError,
    watch_over,
)
from tests.databases import POSTGRES
from tests.making import make_post
from tests.unit.forks import in_children, needs_fork

on_sqlite = pytest.mark.skipif(bool(POSTGRES), reason="it is about SQLite's files")
on_postgres = pytest.mark.skipif(not POSTGRES, reason="it is about a server")
ADD = "UPDATE content_revision SET content = content + 1"


WAYS = ["the server"] if POSTGRES else ["the head of the WAL-index", "data_version"]


@pytest.fixture(params=WAYS)
def watch(
    context: Flask, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watch]:
    if request.param == "data_version":
        monkeypatch.setattr(watching, "_index_of", lambda *_: None)
    # A slow machine may take a second between two lines; then the file itself is looked at.
    monkeypatch.setattr(watching, "_LOOK_AT_FILE_SECONDS", 60.0)
    made = watch_over(db.engine)
    assert made is not None
    yield made
    made._close()  # type: ignore[attr-defined]


def path_of(app: Flask) -> str:
    with app.app_context():
        return str(db.engine.url.database)


def grow() -> None:
    db.session.execute(db.update(ContentRevision).values(content=ContentRevision.content + 1))
    db.session.commit()


def test_the_figures_are_those_that_are_committed(context: Flask, watch: Watch) -> None:
    before = watch.revisions(None)
    db.session.execute(db.update(ContentRevision).values(content=ContentRevision.content + 1))
    assert watch.revisions(None) == before
    db.session.commit()
    assert watch.revisions(None) == before._replace(content=before.content + 1)
    grow()
    assert watch.revisions(None).content == before.content + 2


def test_a_posts_own_figure_comes_along(cast: Any, watch: Watch) -> None:
    post = make_post(cast.alice)
    db.session.execute(db.update(Post).values(revision=41))
    db.session.commit()
    figures = watch.revisions(post.id)
    assert figures.post == 41
    assert watch.revisions(post.id + 1) == figures._replace(post=None)


def test_the_kinds_of_watch(context: Flask, tmp_path: Path) -> None:
    expected = ServerWatch if POSTGRES else SQLiteWatch
    assert isinstance(watch_over(db.engine), expected)
    for url in ("sqlite://", "sqlite:///:memory:"):
        assert watch_over(create_engine(url)) is None


def is_head(mark: Mark | None) -> bool:
    """Whether it was read from the WAL-index: the other question has to be asked again."""
    return mark is not None and isinstance(mark.version, bytes)


@on_sqlite
def test_the_mark_changes_with_every_commit_and_with_nothing_else(
    context: Flask, watch: Watch
) -> None:
    marks = [watch.mark(), watch.mark()]
    db.session.add(Counter(name="x", value=1))
    db.session.flush()
    marks.append(watch.mark())
    db.session.rollback()
    marks.append(watch.mark())
    assert len(set(marks)) == 1
    for _ in range(3):
        assert watch.is_still_at(marks[-1]) == is_head(marks[-1])
        grow()
        assert not watch.is_still_at(marks[-1])
        marks.append(watch.mark())
    assert len(set(marks)) == 4


@on_sqlite
def test_a_checkpoint_hides_no_commit(context: Flask, watch: Watch) -> None:
    before = watch.mark()
    grow()
    with sqlite3.connect(path_of(context)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    assert not watch.is_still_at(before)
    assert watch.mark() != before
    after = watch.revisions(None)
    grow()
    assert watch.revisions(None).content == after.content + 1


def write_elsewhere(path: str, orders: Any, done: Any) -> None:
    connection = sqlite3.connect(path, timeout=20, isolation_level=None)
    while orders.get():
        connection.execute(ADD)
        done.put(True)
    connection.close()


@on_sqlite
def test_commits_of_another_process_are_seen_as_soon_as_they_are_there(
    context: Flask, watch: Watch
) -> None:
    spawn = multiprocessing.get_context("spawn")
    orders, done = spawn.SimpleQueue(), spawn.SimpleQueue()
    writer = spawn.Process(target=write_elsewhere, args=(path_of(context), orders, done))
    writer.start()
    try:
        seen = [(watch.mark(), watch.revisions(None))]
        for _ in range(200):
            orders.put(True)
            done.get()
            assert not watch.is_still_at(seen[-1][0])
            seen.append((watch.mark(), watch.revisions(None)))
    finally:
        orders.put(False)
        writer.join(20)
    assert len({mark for mark, _ in seen}) == 201
    assert [figures.content - seen[0][1].content for _, figures in seen] == list(range(201))


@on_sqlite
@pytest.mark.usefixtures("context")
class TestAfterFork:
    pytestmark = needs_fork

    def test_a_child_opens_its_own_and_its_marks_are_others(
        self, context: Flask, watch: Watch
    ) -> None:
        kept, before = watch.mark(), watch.revisions(None)
        path = path_of(context)
        db.engine.dispose()

        def work(number: int) -> None:
            with sqlite3.connect(path, timeout=20, isolation_level=None) as own:
                assert not watch.is_still_at(kept)
                assert watch.mark() != kept
                for _ in range(20):
                    marked = watch.mark()
                    # The others may have committed in between.
                    assert is_head(marked) or not watch.is_still_at(marked)
                    own.execute(ADD)
                    assert not watch.is_still_at(marked)
                    assert watch.mark() != marked
            own.close()

        assert len(in_children(3, work)) == 3
        assert watch.mark() != kept
        assert watch.revisions(None).content == before.content + 60
        grow()
        assert watch.revisions(None).content == before.content + 61

    def test_what_was_open_before_is_never_closed_in_a_child(self, watch: Watch) -> None:
        watch.mark()

        def work(_number: int) -> None:
            first = watch._opening.connection  # type: ignore[attr-defined]
            watch.mark()
            own = watch._opening.connection  # type: ignore[attr-defined]
            assert own is not first
            first.execute("SELECT 1")

        assert in_children(1, work)


@on_sqlite
def test_threads_share_the_connection(context: Flask, watch: Watch) -> None:
    grow()
    expected = watch.revisions(None)
    found: list[Any] = []
    marks: list[Any] = []

    def ask() -> None:
        found.extend(watch.revisions(None) for _ in range(300))
        marks.extend(watch.mark() for _ in range(300))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (set(found), len(found)) == ({expected}, 2400)
    assert len(set(marks)) == 1


@on_sqlite
def test_a_writer_keeps_nobody_from_asking(context: Flask, watch: Watch) -> None:
    before = watch.revisions(None)
    with sqlite3.connect(path_of(context), isolation_level=None) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        writer.execute(ADD)
        assert watch.revisions(None) == before
        writer.execute("COMMIT")
    writer.close()
    assert watch.revisions(None).content == before.content + 1


@on_sqlite
def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere" / "blog.db", tmp_path / "empty.db"):
        with pytest.raises(WatchError):
            SQLiteWatch(str(path)).revisions(None)


@on_sqlite
def test_it_is_found_again_after_an_error(tmp_path: Path) -> None:
    watch = SQLiteWatch(str(tmp_path / "late" / "blog.db"))
    with pytest.raises(WatchError):
        watch.mark()
    (tmp_path / "late").mkdir()
    make_file(tmp_path / "late" / "blog.db", content=7)
    assert watch.revisions(None) == Revisions(7, 0)
    watch._close()


@on_sqlite
def test_another_file_in_its_place_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_LOOK_AT_FILE_SECONDS", 0.0)
    make_file(tmp_path / "blog.db", content=7)
    swaps: list[int] = []
    watch = SQLiteWatch(str(tmp_path / "blog.db"), lambda: swaps.append(1))
    first = watch.mark()
    assert (watch.revisions(None).content, swaps) == (7, [])
    make_file(tmp_path / "other.db", content=3)
    (tmp_path / "other.db").replace(tmp_path / "blog.db")
    assert watch.revisions(None).content == 3
    assert watch.mark().opening != first.opening
    assert swaps == [1]
    watch._close()


def make_file(path: Path, content: int) -> None:
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE content_revision (content INTEGER, frame INTEGER)")
        made.execute("CREATE TABLE post (id INTEGER, revision INTEGER)")
        made.execute("INSERT INTO content_revision VALUES (?, 0)", (content,))
    made.close()


@on_postgres
@pytest.mark.usefixtures("context")
class TestOnAServer:
    def test_no_transaction_stays_open(self, watch: ServerWatch) -> None:
        watch.revisions(None)
        connection = watch._own.line.connection
        assert connection.autocommit
        assert connection.info.transaction_status.name == "IDLE"
        grow()
        assert watch.mark() is None

    def test_a_lost_connection_is_found_again(self, watch: ServerWatch) -> None:
        before = watch.revisions(None)
        self.cut_off(watch)
        assert watch.revisions(None) == before
        watch._own.line.connection.close()
        assert watch.revisions(None) == before

    def test_each_thread_has_a_connection_and_gives_it_back(self, watch: ServerWatch) -> None:
        expected, found = watch.revisions(None), []

        def ask() -> None:
            found.extend(watch.revisions(None) for _ in range(50))
            lines.append(watch._own.line.connection)

        lines: list[Any] = []
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(found) == {expected}
        gc.collect()
        assert len(lines) == len(set(map(id, lines))) == 4
        assert all(line.closed for line in lines)
        assert not watch._own.line.connection.closed

    def test_a_server_that_is_away_is_said_and_found_again(
        self, context: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with context.app_context():
            engine = db.engine
        watch = ServerWatch(engine)
        before = watch.revisions(None)
        self.cut_off(watch)
        with monkeypatch.context() as gone:
            gone.setattr(watch, "_engine", create_engine(engine.url.set(port=1)))
            for _ in range(2):
                with pytest.raises(WatchError):
                    watch.revisions(None)
        assert watch.revisions(None) == before
        watch._close()

    @staticmethod
    def cut_off(watch: ServerWatch) -> None:
        """What a server that is restarted does to every connection."""
        pid = watch._own.line.connection.info.backend_pid
        db.session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        db.session.rollback()
