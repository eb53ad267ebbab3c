"""What the installer is made of, where it needs no server."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import installing, machine, releases, web_server
from deploy.aging import is_outdated
from deploy.certificates import kind
from deploy.fill import Site
from deploy.hand import Failed, Hand
from deploy.settings_file import keep_settings, read_settings
from deploy.taking_back import kept_until_good
from tests.deploy.reach import USER

SITE = Site("blog.example.com", user=USER)
SSHD = 'users:(("sshd",pid=7,fd=3))'


@pytest.fixture
def process() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def test_a_process_is_outdated_by_what_changed_since_it_was_started(
    process: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    settings, missing = tmp_path / "settings", tmp_path / "missing"
    time.sleep(0.2)
    settings.write_text("A=1\n")
    os.utime(settings, (0, 0))  # an old copy, put there only now
    assert is_outdated(process.pid, [missing, settings])
    time.sleep(0.2)
    with subprocess.Popen(["sleep", "60"]) as later:
        assert not is_outdated(later.pid, [missing, settings])
        later.kill()
    assert not is_outdated(0, [settings])


@pytest.mark.parametrize("error", [Failed, KeyboardInterrupt])
def test_files_and_links_are_what_they_were_where_the_new_ones_are_refused(
    tmp_path: Path, error: type[BaseException]
) -> None:
    file, link, new = (tmp_path / name for name in ("file", "link", "new"))
    file.write_text("old")
    file.chmod(0o600)
    link.symlink_to("somewhere")
    with pytest.raises(error), kept_until_good([file, link, new]):
        file.write_text("new")
        link.unlink()
        new.write_text("new")
        raise error
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("old", 0o600)
    assert link.readlink() == Path("somewhere")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]


def test_files_that_are_good_stay(tmp_path: Path) -> None:
    with kept_until_good([tmp_path / "new"]):
        (tmp_path / "new").write_text("new")
    assert (tmp_path / "new").read_text() == "new"


def test_certificates_are_kept_by_their_whole_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert kind("a.pem,/b/c.key") == f"{tmp_path}/a.pem,/b/c.key"
    assert kind("letsencrypt") == "letsencrypt"


@pytest.mark.parametrize("said", ["lets-encrypt", "a.pem,", "a.pem,b.key,c.pem", ""])
def test_a_certificate_from_nowhere_is_refused(said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        kind(said)


def choices_of(*words: str, known: dict[str, str] | None = None) -> installing.Choices:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["install", "blog.example.com", *words])
        return installing.choose(installing._options(), known or {})


def test_a_source_that_is_a_folder_is_kept_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lantern.git").mkdir()
    assert choices_of("--source", "lantern.git").source == f"{tmp_path}/lantern.git"
    for address in ("https://example.com/lantern.git", "git@example.com:lantern.git"):
        assert choices_of("--source", address).source == address


def test_what_was_chosen_before_holds_until_something_else_is_said() -> None:
    known = {
        "source": "https://example.com/a",
        "process_manager": "supervisor",
        "domain": "old.example",
    }
    assert choices_of(known=known).process_manager == "supervisor"
    assert choices_of("--process-manager", "systemd", known=known).process_manager == "systemd"
    assert choices_of(known=known).domain == "blog.example.com"


def test_an_address_is_replaced_where_it_stands_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "bluelog.env"
    path.write_text("# A word\nexport BLUELOG_EMAIL='ada@example.com' # mine\nSECRET_KEY=a-key")
    keep_settings(Hand(), path, SITE, "bob@example.com", is_said=False)
    assert read_settings(path)["BLUELOG_EMAIL"] == "ada@example.com"
    keep_settings(Hand(), path, SITE, "eve@example.com", is_said=True)
    assert path.read_text().startswith(
        "# A word\nBLUELOG_EMAIL=eve@example.com\nSECRET_KEY=a-key\n"
    )


def test_a_commit_is_found_by_whatever_git_calls_it(tmp_path: Path) -> None:
    who = ["-c", "user.name=ada", "-c", "user.email=ada@example.com"]
    for words in (["init", "-q"], [*who, "commit", "-q", "--allow-empty", "-m", "A"], ["tag", "a"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    found = releases.find_commit("HEAD", tmp_path)
    assert found is not None
    assert len(found) == 40
    for name in ("a", found, found[:8]):
        assert releases.find_commit(name, tmp_path) == found
    assert releases.find_commit("f" * 40, tmp_path) is None
    assert releases.find_commit("HEAD", tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    ("configured", "sockets", "ports"),
    [
        ("port 22\n", "", ["22"]),
        ("port 22\nport 2222\n", "", ["22", "2222"]),
        ("", "", ["22"]),
        # systemd holds the door, and somebody came through it.
        (
            "port 22\n",
            "LISTEN 0 9 *:2022 *:* x\nESTAB 0 0 1.2.3.4:2022 5.6.7.8:9 " + SSHD,
            ["22", "2022"],
        ),
        # Ways through SSH to somewhere else are no doors.
        ("port 22\n", f"LISTEN 0 9 127.0.0.1:6010 0.0.0.0:* {SSHD}", ["22"]),
        ("port 22\n", f"ESTAB 0 0 1.2.3.4:50000 5.6.7.8:443 {SSHD}", ["22"]),
        ("", f"LISTEN 0 128 [::]:2200 [::]:* {SSHD}", ["2200"]),
    ],
)
def test_the_ports_of_ssh_are_those_that_somebody_comes_by(
    monkeypatch: pytest.MonkeyPatch, configured: str, sockets: str, ports: list[str]
) -> None:
    said = {"sshd": configured, "ss": sockets}
    monkeypatch.setattr(machine, "_said", lambda *command: said[command[0]])
    assert machine._ssh_ports() == ports


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("server {\n    listen 80 default_server;\n}", True),
        ("server { listen [::]:443 ssl default_server; }", True),
        ("# listen 80 default_server;", False),
        ("server { listen 80; # no default_server\n}", False),
    ],
)
def test_a_site_that_answers_for_all_is_one_that_says_so_and_no_remark(
    tmp_path: Path, text: str, *, claims: bool
) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/site.conf").write_text(text)
    site = Site("blog.example.com", nginx=tmp_path)
    assert web_server._somebody_answers_for_all(site) is claims


@pytest.mark.parametrize(
    ("main", "is_said"),
    [
        ("events {}", True),
        ("# pcre_jit on;\nevents {}", True),
        ("user x;\n pcre_jit off;\n", False),
    ],
)
def test_what_the_main_file_of_nginx_says_is_not_said_again(main: str, is_said: bool) -> None:
    assert ("pcre_jit on;" in web_server.main_text(main)) is is_said
