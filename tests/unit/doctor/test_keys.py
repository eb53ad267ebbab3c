"""A key is long and nobody else's, and its file is closed to others."""

import os
from pathlib import Path

import pytest

from bluelog.operations.doctor.finding import Level
from bluelog.operations.doctor.keys import judge_file, judge_key

LONG = "4d1f0cb2a9e84c6f9b0e7a5d3c2f1e0b"
posix = pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")


@pytest.mark.parametrize(
    ("key", "level"),
    [
        (None, Level.FAILURE),
        ("", Level.FAILURE),
        ("short-key-2041", Level.FAILURE),
        ("you-will-never-guess", Level.FAILURE),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Level.FAILURE),
        (LONG[:31], Level.WARNING),
        (LONG, Level.FINE),
    ],
)
def test_a_key_is_judged_by_its_length_and_fame(key: str | None, level: Level) -> None:
    found = judge_key(key)
    assert found.level is level
    assert not key or key not in f"{found.words} {found.advice} {found.command}"


@posix
@pytest.mark.parametrize(
    ("mode", "level"),
    [
        (0o600, Level.FINE),
        (0o640, Level.FINE),
        (0o644, Level.FAILURE),
        (0o604, Level.FAILURE),
        (0o602, Level.FAILURE),
    ],
)
def test_a_file_of_secrets_is_closed_to_others(tmp_path: Path, mode: int, level: Level) -> None:
    file = _in_the_open(tmp_path)
    file.chmod(mode)
    (found,) = judge_file(file)
    assert found.level is level
    assert bool(found.command) == (level is Level.FAILURE)


@posix
def test_the_command_that_is_advised_closes_it(tmp_path: Path) -> None:
    file = _in_the_open(tmp_path)
    file.chmod(0o666)
    (found,) = judge_file(file)
    assert os.system(found.command) == 0  # noqa: S605  (the command under test)
    assert [finding.level for finding in judge_file(file)] == [Level.FINE]


@posix
def test_a_closed_folder_closes_what_is_in_it(tmp_path: Path) -> None:
    file = _in_the_open(tmp_path)
    file.chmod(0o644)
    file.parent.chmod(0o750)
    assert [finding.level for finding in judge_file(file)] == [Level.FINE]


@posix
def test_a_link_is_judged_by_where_it_leads(tmp_path: Path) -> None:
    file = _in_the_open(tmp_path)
    file.chmod(0o600)
    link = tmp_path / "link"
    link.symlink_to(file)
    assert [finding.level for finding in judge_file(link)] == [Level.FINE]
    file.chmod(0o644)
    assert [finding.level for finding in judge_file(link)] == [Level.FAILURE]


def test_without_a_file_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert list(judge_file(tmp_path / ".env")) == []


def _in_the_open(folder: Path) -> Path:
    """A file on whose way every folder lets others pass, which pytest's own do not."""
    for parent in [folder, *folder.parents]:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o001)
    made = folder / "a folder"
    made.mkdir(mode=0o755)
    file = made / ".env"
    file.write_text("SECRET_KEY=x")
    return file
