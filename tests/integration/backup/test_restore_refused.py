"""`flask restore` with what is no whole backup of this blog: nothing live is touched."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from bluelog.operations.backup.blog import backup_folder
from tests.databases import POSTGRES
from tests.integration.backup.steps import backed_up, files, flask, restored_sums
from tests.unit.backup.refused import REFUSED

DAMAGED = (
    "empty",
    "some other file",
    "cut off in the middle",
    "without its last bytes",
    "a letter changed",
    "an absolute path",
    "a path upwards",
    "a symbolic link",
    "a newer format",
    "a newer migration",
    "less than is named",
    "a bomb",
)


@pytest.fixture
def archive(blog: Flask, tmp_path: Path) -> Path:
    """A backup of the blog, kept on another disk."""
    return shutil.copy(backed_up(blog), tmp_path / "kept.tar.gz")


@pytest.mark.skipif(bool(POSTGRES), reason="these say that they come from SQLite")
@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_archive(blog: Flask, archive: Path, name: str) -> None:
    data, _sentence = REFUSED[name]
    archive.write_bytes(data)
    is_refused(blog, archive)


@pytest.mark.parametrize("length", [0, 100, -100, -1])
def test_a_backup_of_this_blog_that_was_cut_off(blog: Flask, archive: Path, length: int) -> None:
    archive.write_bytes(archive.read_bytes()[:length])
    is_refused(blog, archive)


def test_a_backup_that_is_not_there(blog: Flask, archive: Path) -> None:
    archive.unlink()
    is_refused(blog, archive)


def is_refused(blog: Flask, archive: Path) -> None:
    before, before_files = restored_sums(blog), files(blog)
    held = sorted(backup_folder(blog.config).glob("*"))
    done = flask(blog, "restore", str(archive), "--yes")
    assert done.exit_code == 1
    assert "Nothing was restored." in done.output
    assert "Traceback" not in done.output
    assert (restored_sums(blog), files(blog)) == (before, before_files)
    assert sorted(backup_folder(blog.config).glob("*")) == held
