"""A disk that is full is told, and asked of the system itself."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from bluelog.operations.doctor import Level
from tests.integration.doctor.steps import found_by, levels


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,nr_inodes=64", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root mounts, and not in every container")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_small_disk_is_told_by_its_name(context: Flask, small_disk: Path) -> None:
    context.config["BLUELOG_UPLOAD_PATH"] = small_disk
    found = {finding.level: finding for finding in found_by("disk")}
    assert Level.FAILURE in found
    assert str(small_disk) in str(found[Level.FAILURE].words)
    assert str(small_disk) in found[Level.FAILURE].command


def test_a_disk_that_is_quite_full_cannot_be_written_to(context: Flask, small_disk: Path) -> None:
    context.config["BLUELOG_DATA_DIR"] = small_disk
    with pytest.raises(OSError, match="No space"):
        (small_disk / "ballast").write_bytes(b"x" * 8 * 1024**2)
    assert max(levels("disk")) is Level.FAILURE
    answer = context.test_client().get("/readyz")
    assert (answer.status_code, "disk: failing" in answer.text) == (503, True)


def test_a_disk_without_room_for_more_files_is_told(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowded = SimpleNamespace(f_bavail=10**9, f_frsize=4096, f_files=10**6, f_favail=3)
    monkeypatch.setattr(os, "statvfs", lambda _path: crowded)
    (found,) = found_by("disk")
    assert found.level is Level.WARNING
    assert "3 more files" in str(found.words)


def test_one_disk_is_named_once(context: Flask) -> None:
    assert levels("disk") in ([Level.FINE], [Level.WARNING])
