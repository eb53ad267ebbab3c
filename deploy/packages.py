"""Debian's packages that a blog needs, once nobody else is installing any."""

import fcntl
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.choices import Choices
from deploy.hand import Failed, Hand, run, succeeds
from deploy.managers import MANAGERS
from deploy.settings_file import is_on_postgresql

_PACKAGES = (
    "ca-certificates",
    "git",
    "nginx",
    "openssl",
    "python3",
    "python3-venv",
    "unattended-upgrades",
)
# A new server updates itself on its first day, and holds these meanwhile.
_LOCKS = (
    Path("/var/lib/apt/lists/lock"),
    Path("/var/lib/dpkg/lock-frontend"),
    Path("/var/lib/dpkg/lock"),
)
_PATIENCE_SECONDS = 900
_APT = ("apt-get", "-o", f"DPkg::Lock::Timeout={_PATIENCE_SECONDS}")
_ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive"}


def have_packages(hand: Hand, choices: Choices, settings: Mapping[str, str]) -> None:
    """Have Debian's packages that the choices and the settings need. Raises Failed."""
    wanted = [*_PACKAGES, *MANAGERS[choices.process_manager].packages]
    if is_on_postgresql(settings):
        wanted.append("postgresql-client")  # backups are made by its programs
    if choices.certificate == "letsencrypt":
        wanted.append("certbot")
    if choices.firewall:
        wanted.append("ufw")
    missing = [name for name in wanted if not _is_installed(name)]
    if not missing:
        hand.same("packages")
        return
    if not hand.is_dry:
        wait_for_others(hand, _PATIENCE_SECONDS)
    if run(["dpkg", "--audit"]).strip():
        finish = ["dpkg", "--configure", "--pending"]
        hand.run("has dpkg end what was cut off", finish, env=_ENVIRONMENT)
    hand.run("reads the lists of packages", [*_APT, "update", "-qq"], env=_ENVIRONMENT)
    command = [*_APT, "install", "-qq", "--no-install-recommends", *missing]
    hand.run(f"installs {' '.join(missing)}", command, env=_ENVIRONMENT)


def _is_installed(name: str) -> bool:
    look = "dpkg-query --show --showformat '${Status}' \"$1\" 2>/dev/null | grep -q 'ok installed'"
    return succeeds("sh", "-c", look, "sh", name)


def wait_for_others(hand: Hand, seconds: float) -> None:
    """Wait for the end of whoever installs packages; apt itself waits for one of three locks.

    Raises Failed.
    """
    ends_at = time.monotonic() + seconds
    if any(_is_held(lock) for lock in _LOCKS):
        hand.note("Others are installing packages, as a new server does by itself; it waits.")
    while held := [str(lock) for lock in _LOCKS if _is_held(lock)]:
        if time.monotonic() > ends_at:
            raise Failed(f"After {seconds:.0f} s others still hold {' '.join(held)}. Try later.")
        time.sleep(0.5)


def _is_held(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open("r+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
