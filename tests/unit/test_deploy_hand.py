"""The installer's hand does nothing twice, and nothing at all when it only says it."""

import grp
import os
import pwd
from pathlib import Path

import pytest

from deploy.hand import Failed, Hand, run

ME = {"owner": pwd.getpwuid(os.geteuid()).pw_name, "group": grp.getgrgid(os.getegid()).gr_name}


def test_a_file_is_written_once(tmp_path: Path) -> None:
    hand, path = Hand(), tmp_path / "etc" / "settings"
    assert hand.write(path, "a = 1\n", 0o640, **ME)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("a = 1\n", 0o640)
    assert not hand.write(path, "a = 1\n", 0o640, **ME)
    assert hand.changes == 1
    assert [each.name for each in path.parent.iterdir()] == ["settings"]


def test_rights_that_are_too_wide_are_a_change(tmp_path: Path) -> None:
    hand, path = Hand(), tmp_path / "settings"
    hand.write(path, "secret\n", 0o640, **ME)
    path.chmod(0o644)
    assert hand.write(path, "secret\n", 0o640, **ME)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_is_led_elsewhere_in_one_step(tmp_path: Path) -> None:
    hand, link = Hand(), tmp_path / "current"
    hand.link(link, tmp_path / "first")
    hand.link(link, tmp_path / "second")
    hand.link(link, tmp_path / "second")
    assert (link.readlink(), hand.changes) == (tmp_path / "second", 2)


def test_a_dry_hand_counts_acts_and_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = Hand(is_dry=True)
    hand.folder(tmp_path / "data", 0o710, ME["owner"], ME["group"])
    hand.write(tmp_path / "file", "text", **ME)
    hand.link(tmp_path / "link", tmp_path)
    hand.run("ends everything", ["false"])
    hand.remove(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert hand.changes == capsys.readouterr().out.count("  would ") == 5


def test_a_command_that_fails_says_what_it_complained_of() -> None:
    with pytest.raises(Failed, match="no such luck"):
        run(["sh", "-c", "echo no such luck; exit 3"])
