"""`make test` with and without a Chromium."""

import os
import platform
import sys
from pathlib import Path

import pytest

from tests import run

# Plays Playwright: what it says of its browser, and how it fetches one.
PLAYWRIGHT = """#!/bin/sh
case $1 in
  -c) echo "{folder}/fetched" ;;
  -m) echo "$*" >>"{folder}/calls"; {fetching} ;;
esac
"""
STARTS = "#!/bin/sh\nexit 0\n"
LACKS_LIBRARIES = "#!/bin/sh\nexit 127\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH without any browser; nothing of the environment outlives the test."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("BLUELOG_TEST_CHROMIUM", "unknown")
    (tmp_path / "bin").mkdir()
    return tmp_path


def put(path: Path, script: str) -> str:
    path.write_text(script, "utf-8")
    path.chmod(0o755)
    return str(path)


def play(folder: Path, monkeypatch: pytest.MonkeyPatch, fetching: str = "exit 1") -> None:
    script = PLAYWRIGHT.format(folder=folder, fetching=fetching)
    monkeypatch.setattr(sys, "executable", put(folder / "python", script))


def test_the_systems_own_is_taken(folder: Path) -> None:
    browser = put(folder / "bin" / "chromium", STARTS)
    assert run.find_browser() == browser


def test_one_fetched_before_is_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play(folder, monkeypatch)
    browser = put(folder / "fetched", STARTS)
    assert run.find_browser() == browser
    assert not (folder / "calls").exists()


def test_else_playwright_fetches_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = put(folder / "ready", STARTS)
    play(folder, monkeypatch, f'/bin/cp "{ready}" "{folder}/fetched"')
    assert run.find_browser() == str(folder / "fetched")
    assert (folder / "calls").read_text("utf-8") == "-m playwright install chromium\n"


def test_one_that_does_not_start_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play(folder, monkeypatch, "exit 0")
    put(folder / "fetched", LACKS_LIBRARIES)
    assert run.find_browser() is None


@pytest.mark.parametrize(
    ("system", "package"),
    [("debian", "chromium"), ("ubuntu", "chromium-browser"), (None, "chromium")],
)
def test_without_any_the_rest_runs_and_the_end_names_what_was_left_out(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    system: str | None,
    package: str,
) -> None:
    play(folder, monkeypatch)
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release_of(system))
    asked = ran_with(monkeypatch, 3)
    assert run.main() == 3
    assert asked == ["not deploy", "not slow", "not wide", "not browser"]
    printed = capsys.readouterr().out
    assert "Left out: the browser journeys" in printed
    assert printed.endswith(f"To add them: sudo apt-get install {package} fonts-noto-cjk\n")


def release_of(system: str | None) -> dict[str, str]:
    if system is None:
        raise FileNotFoundError("/etc/os-release")
    return {"ID": system}


def test_with_one_nothing_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = put(folder / "bin" / "chromium", STARTS)
    asked = ran_with(monkeypatch, 0)
    assert run.main() == 0
    assert asked == ["not deploy", "not slow", "not wide"]
    assert os.environ["BLUELOG_TEST_CHROMIUM"] == browser
    assert capsys.readouterr().out == ""


def ran_with(monkeypatch: pytest.MonkeyPatch, code: int) -> list[str]:
    """The marks that pytest would be asked for; it answers with `code`."""
    marks: list[str] = []

    def note(chosen: list[str], _further: list[str]) -> int:
        marks.extend(chosen)
        return code

    monkeypatch.setattr(run, "run_pytest", note)
    monkeypatch.setattr(sys, "argv", ["run"])
    return marks


def test_the_tests_of_a_server_are_not_begun_without_a_browser(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They would be green without the first day over HTTPS."""
    for program in run.SERVER_PROGRAMS:
        put(folder / "bin" / program, STARTS)
    begun: list[list[str]] = []
    monkeypatch.setattr(run, "run_pytest", lambda chosen, *_, **__: begun.append(chosen) or 0)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(run, "find_browser", lambda: None)
    assert run.run_deploy([]) == 1
    assert begun == []
    assert run.advice() in capsys.readouterr().out
    monkeypatch.setattr(run, "find_browser", lambda: "/usr/bin/chromium")
    assert run.run_deploy([]) == 0
    assert begun == [["deploy"]]
