"""What is kept about the last backup."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bluelog.operations.backup.record import Outcome, keep, latest

OUTCOME = Outcome(datetime(2026, 8, 1, 3, tzinfo=UTC), "bluelog.tar.gz", 4096, True, "")


def test_an_outcome_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    keep(tmp_path / "backups", OUTCOME)
    assert latest(tmp_path / "backups") == OUTCOME


def test_the_last_one_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    failed = Outcome(datetime(2026, 8, 2, 3, tzinfo=UTC), "", 0, False, "磁盘已满")
    keep(tmp_path, OUTCOME)
    keep(tmp_path, failed)
    assert latest(tmp_path) == failed
    assert [path.name for path in tmp_path.iterdir()] == ["last.json"]


def test_before_the_first_there_is_none(tmp_path: Path) -> None:
    assert latest(tmp_path / "nowhere") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"at": "soon"}', "\x00"])
def test_a_record_that_cannot_be_read_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "last.json").write_text(text, "utf-8")
    assert latest(tmp_path) is None
