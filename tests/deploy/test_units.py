"""The units as systemd reads them."""

import subprocess
from pathlib import Path

import pytest

from deploy import fill
from tests.e2e.stage import ROOT

pytestmark = pytest.mark.deploy


def verified(folder: Path, old: str = "", new: str = "") -> str:
    """What `systemd-analyze verify` says of the filled units, spoilt in one place if wished."""
    site = fill.Site("blog.example.com", current=ROOT, data=folder, app_logs=folder, run=folder)
    texts = {folder / path.name: text for path, text in fill.systemd_files(site).items()}
    for path, text in texts.items():
        path.write_text(text.replace(old, new) if old else text)
    command = ["systemd-analyze", "verify", "--man=no", *map(str, texts)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stderr


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    assert verified(tmp_path) == ""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("ExecStart=", "ExecStart=/no/such/program ", "not executable"),
        ("ProtectSystem=strict", "ProtectSystem=strictly", "protect system"),
        ("PrivateTmp=", "PrivateTemp=", "Unknown key"),
        ("OnCalendar=", "OnCalendar=never ", "calendar"),
    ],
)
def test_it_would_say_so(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert complaint in verified(tmp_path, old, new)
