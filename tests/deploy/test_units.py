"""The units as systemd reads them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy import fill
from tests.e2e.stage import ROOT

pytestmark = pytest.mark.deploy


def written(folder: Path, old: str = "", new: str = "") -> list[str]:
    """The filled units, spoilt in one place if wished."""
    site = fill.Site("blog.example.com", current=ROOT, data=folder, app_logs=folder, run=folder)
    texts = {folder / path.name: text for path, text in fill.systemd_files(site).items()}
    for path, text in texts.items():
        path.write_text(text.replace(old, new) if old else text)
    return [str(path) for path in texts]


def analysed(*words: str) -> tuple[int, str]:
    command = ["systemd-analyze", *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    assert analysed("verify", "--man=no", *written(tmp_path)) == (0, "")


def test_systemd_calls_the_services_well_shut(tmp_path: Path) -> None:
    services = [path for path in written(tmp_path) if path.endswith(".service")]
    code, said = analysed("security", "--offline=true", "--threshold=20", *services)
    assert code == 0, said


def test_systemd_finds_nothing_wrong_with_what_it_does_before_nginx(tmp_path: Path) -> None:
    """In Debian's own unit, to which ours is added."""
    unit = Path(shutil.copy("/lib/systemd/system/nginx.service", tmp_path))
    added = tmp_path / "nginx.service.d/bluelog.conf"
    added.parent.mkdir()
    text = fill.nginx_files(fill.Site("blog.example.com", units=tmp_path))[added]
    added.write_text(text)
    assert analysed("verify", "--man=no", str(unit)) == (0, "")
    added.write_text(text.replace("ExecStartPre=", "ExecStartFirst="))
    assert "Unknown key" in analysed("verify", "--man=no", str(unit))[1]


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
    assert complaint in analysed("verify", "--man=no", *written(tmp_path, old, new))[1]
