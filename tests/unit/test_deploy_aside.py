"""Data set aside: once for each step however often it is begun, and a small number of them."""

import grp
import os
import pwd
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from deploy import aside
from deploy.aside import Database, database_of
from deploy.fill import Site
from deploy.hand import Failed

OTHER_DISK = Path("/dev/shm")
ME = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    if not any(group.gr_name == ME for group in grp.getgrall()):
        pytest.skip("the user has no group of that name")
    monkeypatch.setattr(aside, "USER", ME)
    write(tmp_path, "what was there")
    return database_of(tmp_path, Site("blog.example.com", data=tmp_path), {})


def write(folder: Path, words: str) -> None:
    connection = sqlite3.connect(folder / "bluelog.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS said (words)")
    connection.execute("DELETE FROM said")
    connection.execute("INSERT INTO said VALUES (?)", [words])
    connection.commit()
    connection.close()


def said(folder: Path) -> str:
    connection = sqlite3.connect(folder / "bluelog.db")
    (words,) = connection.execute("SELECT words FROM said").fetchone()
    connection.close()
    return str(words)


def test_what_is_set_aside_can_be_taken_back(tmp_path: Path, database: Database) -> None:
    database.set_aside("one")
    assert not (tmp_path / "bluelog.db").exists()
    write(tmp_path, "from an archive")
    database.take_back("one")
    assert said(tmp_path) == "what was there"
    assert list((tmp_path / "set-aside").iterdir()) == []


def test_the_second_time_half_of_an_archive_goes_and_the_data_stay(
    tmp_path: Path, database: Database
) -> None:
    database.set_aside("one")
    write(tmp_path, "half of an archive")
    database.set_aside("one")
    assert not (tmp_path / "bluelog.db").exists()
    assert said(tmp_path / "set-aside" / "one") == "what was there"


def test_words_that_only_the_log_beside_the_file_has_come_along(
    tmp_path: Path, database: Database
) -> None:
    reader = sqlite3.connect(tmp_path / "bluelog.db")  # it keeps the log from being closed
    reader.execute("SELECT * FROM said").fetchone()
    write(tmp_path, "only in the log")
    database.set_aside("one")
    reader.close()
    assert said(tmp_path / "set-aside" / "one") == "only in the log"


def test_taking_back_what_was_never_set_aside_changes_nothing(
    tmp_path: Path, database: Database
) -> None:
    database.take_back("one")
    assert said(tmp_path) == "what was there"


def test_the_newest_two_are_kept(tmp_path: Path, database: Database) -> None:
    for name in ("1", "2", "3"):
        write(tmp_path, name)
        database.set_aside(name)
    database.prune()
    assert sorted(path.name for path in (tmp_path / "set-aside").iterdir()) == ["2", "3"]
    database.forget("3")
    assert [path.name for path in (tmp_path / "set-aside").iterdir()] == ["2"]


@pytest.mark.skipif(not OTHER_DISK.is_dir(), reason="there is no second file system")
@pytest.mark.usefixtures("database")
def test_a_database_on_another_disk_stays_on_it(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=OTHER_DISK) as name:
        there = Path(name)
        if there.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("it is the same one")
        write(there, "what was there")
        url = f"sqlite:///{there / 'bluelog.db'}"
        site = Site("blog.example.com", data=tmp_path)
        found = database_of(tmp_path, site, {"DATABASE_URL": url})
        found.set_aside("one")
        assert said(Path(found.place("one"))) == "what was there"
        write(there, "from an archive")
        found.take_back("one")
        assert said(there) == "what was there"


def test_the_word_of_a_worker_is_forgotten(tmp_path: Path, database: Database) -> None:
    with pytest.raises(Failed, match="no such table: counter"):
        database.forget_worker()
    names = "worker_seen", "last_purge"
    with closing(sqlite3.connect(tmp_path / "bluelog.db")) as connection, connection:
        connection.execute("CREATE TABLE counter (name)")
        connection.executemany("INSERT INTO counter VALUES (?)", [(name,) for name in names])
    database.forget_worker()
    with closing(sqlite3.connect(tmp_path / "bluelog.db")) as connection:
        assert connection.execute("SELECT name FROM counter").fetchall() == [("last_purge",)]


def test_a_file_that_settings_name_is_found_as_the_app_finds_it(tmp_path: Path) -> None:
    site = Site("blog.example.com", data=tmp_path / "data")
    for url, place in (
        ("sqlite:///data/own.db", tmp_path / "release" / "data" / "own.db"),
        ("sqlite:////srv/own.db", Path("/srv/own.db")),
        ("sqlite:///own.db?timeout=5", tmp_path / "release" / "own.db"),
        ("", tmp_path / "data" / "bluelog.db"),
    ):
        found = database_of(tmp_path / "release", site, {"DATABASE_URL": url})
        assert vars(found)["file"] == place
