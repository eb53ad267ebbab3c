"""The counter of commits that SQLite's processes share, read beside it."""

import gc
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bluelog.web.pages import wal_index
from bluelog.web.pages import watch as watching
from bluelog.web.pages.wal_index import WALIndex
from bluelog.web.pages.watch import SQLiteWatch, WatchError
from tests.unit.forks import in_children, needs_fork

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only there is it read")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "blog.db")


def made(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE content_revision (content INTEGER, frame INTEGER)")
        connection.execute("CREATE TABLE post (id INTEGER, revision INTEGER)")
        connection.execute("INSERT INTO content_revision VALUES (0, 0)")
    connection.close()
    return path


@pytest.fixture
def watch(path: Path) -> Iterator[SQLiteWatch]:
    made = SQLiteWatch(str(path))
    made.mark()
    yield made
    made._close()


def index_of(watch: SQLiteWatch) -> WALIndex:
    watch.mark()
    assert watch._opening is not None
    assert watch._opening.wal_index is not None
    return watch._opening.wal_index


def commit(path: Path) -> None:
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("UPDATE content_revision SET content = content + 1")
    connection.close()


def test_the_database_is_not_asked_while_nothing_is_committed(
    path: Path, watch: SQLiteWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_LOOK_AT_FILE_SECONDS", 60.0)
    watch._close()
    before = watch.mark()
    assert isinstance(before.version, bytes)
    asked: list[str] = []
    assert watch._opening is not None
    watch._opening.connection.set_trace_callback(asked.append)
    assert [watch.mark() for _ in range(5)] == [before] * 5
    commit(path)
    assert watch.mark() != before
    assert asked == []


def test_every_commit_changes_the_head_and_checkpoints_bring_none_back(
    path: Path, watch: SQLiteWatch
) -> None:
    index = index_of(watch)
    seen = [index.head()]
    for number in range(60):
        commit(path)
        if number % 7 == 0:
            with sqlite3.connect(path) as other:
                other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            other.close()
        seen.append(index.head())
    assert len(set(seen)) == 61


def test_in_the_middle_of_a_commit_the_database_is_asked(path: Path, watch: SQLiteWatch) -> None:
    index = index_of(watch)
    whole = index.head()
    assert whole is not None
    # What SQLite does first: the second copy.
    index._bytes = bytes(whole[:48]) + b"\1" * 48  # type: ignore[assignment]
    assert index.head() is None
    assert isinstance(watch.mark().version, int)


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the kernel shows no locks")
def test_sqlites_own_locks_on_the_file_stay(
    path: Path, watch: SQLiteWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Path(f"{path}-shm")
    before = locks_on(shared)
    assert before
    index_of(watch)
    with pytest.raises(ValueError, match="format"), monkeypatch.context() as other:
        other.setattr(wal_index, "_FORMAT", b"next")
        WALIndex(str(path))
    gc.collect()
    assert locks_on(shared) == before


def locks_on(path: Path) -> list[str]:
    inode = str(path.stat().st_ino)
    held = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return [" ".join(line[1:]) for line in held if line[5].endswith(f":{inode}")]


def test_without_a_file_to_read_the_database_is_asked(tmp_path: Path) -> None:
    path = made(tmp_path / "blog.db")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    watch = SQLiteWatch(str(path))
    before = watch.mark()
    assert isinstance(before.version, int)
    commit(path)
    assert watch.mark() != before
    watch._close()


def test_a_file_put_in_its_place_is_read_within_the_second(
    path: Path, watch: SQLiteWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = watch.mark()
    made(path.with_name("other.db")).replace(path)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    monkeypatch.setattr(watch, "_look_again_at", 0.0)
    after = watch.mark()
    assert after.opening == before.opening + 1
    commit(path)
    assert watch.mark() not in (before, after)


class TestAfterFork:
    pytestmark = needs_fork

    def test_a_child_reads_nothing_of_its_parents(self, path: Path, watch: SQLiteWatch) -> None:
        parents = index_of(watch)

        def work(_number: int) -> None:
            assert index_of(watch) is not parents
            before = watch.mark()
            commit(path)
            assert watch.mark() != before

        assert len(in_children(2, work)) == 2


def test_a_database_that_cannot_be_asked_takes_no_more_descriptors(tmp_path: Path) -> None:
    path = tmp_path / "bare.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    held = sqlite3.connect(path)  # as any other process: it keeps the WAL-index there
    held.execute("SELECT count(*) FROM sqlite_master").fetchone()
    watch = SQLiteWatch(str(path))
    counts = []
    for _ in range(5):
        with pytest.raises(WatchError):
            watch.revisions(None)
        counts.append(len(list(Path("/proc/self/fd").iterdir())))
    watch._close()
    held.close()
    assert len(set(counts[1:])) == 1
