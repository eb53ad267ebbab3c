"""The last look of a rehearsal: what runs must be the new release, and be alive to the end."""

import sqlite3
import sys
import time
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from deploy import rehearsing
from deploy.fill import Site
from deploy.hand import ROOT, Failed

STAYS = "import time\ntime.sleep(60)\n"
DIES = "raise SystemExit('it has no words for this')\n"


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One whose web server and worker are two files that Python runs by their names."""
    monkeypatch.setattr(rehearsing, "USER", ROOT)
    monkeypatch.setattr(rehearsing, "python_of", lambda _: sys.executable)
    monkeypatch.setattr(rehearsing, "wait_until_ready", lambda *_: time.sleep(1))
    monkeypatch.setattr(rehearsing, "smoke", lambda *_: ["/"])
    (tmp_path / "gunicorn.py").write_text(STAYS)
    return tmp_path


def tried(release: Path) -> list[str]:
    return rehearsing._tried(release, release, Site("blog.example.com"), {})


def test_a_worker_that_lives_is_well(release: Path) -> None:
    (release / "flask.py").write_text(STAYS)
    assert tried(release) == ["/"]


def test_a_worker_that_dies_is_told_with_its_own_words(release: Path) -> None:
    (release / "flask.py").write_text(DIES)
    with pytest.raises(Failed, match=r"flask worker\nended by itself(.|\n)*no words for this"):
        tried(release)


def test_the_word_of_the_live_worker_does_not_count_on_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "rehearsal" / "rehearsal.db"

    def flask(_: Path, *words: str, **__: object) -> str:
        if words[0] == "restore":
            with closing(sqlite3.connect(copy)) as connection, connection:
                connection.execute("CREATE TABLE counter (name, value)")
                connection.execute("INSERT INTO counter VALUES ('worker_seen', 1)")
        return ""

    def rows(*_: object) -> list[str]:
        with closing(sqlite3.connect(copy)) as connection:
            return [name for (name,) in connection.execute("SELECT name FROM counter")]

    monkeypatch.setattr(rehearsing, "flask", flask)
    monkeypatch.setattr(rehearsing, "archive_database", lambda *_: tmp_path / "archive")
    monkeypatch.setattr(rehearsing, "_tried", rows)
    for module in ("rehearsing", "aside"):
        monkeypatch.setattr(f"deploy.{module}.acting_as", lambda _: nullcontext())
    site = Site("blog.example.com", data=tmp_path)
    assert rehearsing.rehearse(tmp_path, tmp_path, site, {}) == []
