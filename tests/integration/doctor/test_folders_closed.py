"""Folders and files that the blog may not write to are told, tried by writing."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from bluelog.operations.doctor import Level, folders
from tests.databases import POSTGRES
from tests.integration.doctor.steps import found_by, levels

as_somebody = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder that is read-only, for root by a mount."""
    folder = tmp_path / "closed folder"
    folder.mkdir(mode=0o500)
    if os.geteuid() != 0:
        yield folder
        return
    mount = ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("not in every container may root mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_folders_that_are_open_are_fine_also_those_yet_to_be_made(context: Flask) -> None:
    upload_path: Path = context.config["BLUELOG_UPLOAD_PATH"]
    assert not upload_path.exists()
    assert levels("folders") == [Level.FINE]
    assert not upload_path.exists()


def test_a_read_only_folder_is_told_with_a_command_that_names_it(
    context: Flask, closed: Path
) -> None:
    context.config["BLUELOG_UPLOAD_PATH"] = closed / "uploads"
    (found,) = found_by("folders")
    assert found.level is Level.FAILURE
    assert found.command.endswith(f"'{closed / 'uploads'}'")
    assert folders.owner() in found.command


def test_a_log_that_cannot_be_written_is_told(context: Flask, closed: Path) -> None:
    context.config["BLUELOG_LOGGING_PATH"] = closed / "bluelog.log"
    assert levels("folders") == [Level.FAILURE]


@as_somebody
def test_a_file_that_another_user_left_is_told(context: Flask, tmp_path: Path) -> None:
    left = tmp_path / "bluelog.log"
    left.touch(mode=0o400)
    context.config["BLUELOG_LOGGING_PATH"] = left
    (found,) = found_by("folders")
    assert (found.level, "chown" in found.command) == (Level.FAILURE, True)


@pytest.mark.skipif(bool(POSTGRES) or os.name != "posix", reason="about a file's rights")
def test_a_database_that_everybody_reads_is_a_warning_in_production(context: Flask) -> None:
    file = folders.database_file()
    assert file is not None
    for parent in file.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o001)
    file.chmod(0o644)
    assert levels("folders") == [Level.FINE]
    context.config["FLASK_CONFIG"] = "production"
    (found,) = found_by("folders")
    assert (found.level, found.command) == (Level.WARNING, f"chmod o-rwx {file}")
    file.chmod(0o640)
    assert levels("folders") == [Level.FINE]
