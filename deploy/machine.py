"""The machine itself: what it must be, the blog's user and folders, the firewall."""

import os
import re
import shutil
import sys
from pathlib import Path

from deploy.choices import USER
from deploy.fill import Site
from deploy.hand import Failed, Hand, run, succeeds

_OLDEST_PYTHON = (3, 11)
_LEAST_FREE_BYTES = 1_000_000_000
_WEB_PORTS = ("80", "443")


def check(*, is_dry: bool) -> None:
    """Raises Failed where a blog cannot be put."""
    if os.geteuid() and not is_dry:
        raise Failed("Only root can install. Put sudo before the command.")
    if not _families() & {"debian", "ubuntu"}:
        raise Failed("This is neither Debian nor Ubuntu. docs/deploy/vps.md says it step by step.")
    if sys.version_info < _OLDEST_PYTHON:
        found = sys.version.split()[0]
        raise Failed(f"Python {found} is too old: take Debian 12, Ubuntu 24.04 or newer.")
    free = shutil.disk_usage("/").free
    if free < _LEAST_FREE_BYTES:
        raise Failed(f"The disk has {free / 1e9:.1f} GB free; 1 GB is the least.")


def _families() -> set[str]:
    lines = Path("/etc/os-release").read_text("utf-8").splitlines()
    pairs = dict(line.split("=", 1) for line in lines if "=" in line)
    words = f"{pairs.get('ID', '')} {pairs.get('ID_LIKE', '')}"
    return set(words.replace('"', "").split())


def have_user(hand: Hand, site: Site) -> None:
    """Have the user that the blog runs as, who cannot sign in."""
    if succeeds("id", USER):
        hand.same(f"user {USER}")
        return
    command = ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin"]
    command += ["--home-dir", str(site.data), "--no-create-home", USER]
    hand.run(f"makes the user {USER}", command)


def have_folders(hand: Hand, site: Site) -> None:
    """Have the folders, each as open as it must be.

    nginx goes through the data folder to the uploads, without seeing what else is there.
    """
    hand.folder(Path("/etc/bluelog"), 0o750, "root", USER)
    hand.folder(Path("/opt/bluelog"))
    hand.folder(Path("/opt/bluelog/releases"))
    hand.folder(site.data, 0o710, USER, site.web_group)
    hand.folder(site.uploads, 0o755, USER)
    hand.folder(site.app_logs, 0o750, USER)
    hand.folder(site.run, 0o750, USER, site.web_group)


def have_firewall(hand: Hand) -> None:
    """Let in the web, and SSH where the firewall is yet to be switched on.

    One that is on lets the operator in by rules of his own, which may be narrower than ours.
    """
    is_on = succeeds("sh", "-c", "ufw status | grep -q '^Status: active'")
    present = _firewall_rules()
    for port in (*([] if is_on else _ssh_ports()), *_WEB_PORTS):
        if f"allow {port}/tcp" in present:
            hand.same(f"port {port} is let in")
        else:
            hand.run(f"lets in port {port}", ["ufw", "allow", f"{port}/tcp"])
    if is_on:
        hand.same("firewall is on")
    else:
        hand.run("switches the firewall on", ["ufw", "--force", "enable"])


def _firewall_rules() -> list[str]:
    """As ufw would be told them; none where a dry run meets it before it is installed."""
    said = _said("ufw", "show", "added")
    return re.findall(r"^ufw (.+)$", said, re.MULTILINE)


def _ssh_ports() -> list[str]:
    """Where SSH listens: letting in another port would lock the operator out."""
    configured = re.findall(r"^port (\d+)$", _said("sshd", "-T"), re.MULTILINE)
    return sorted({*configured, *_ports_in_use_by_ssh()}, key=int) or ["22"]


def _ports_in_use_by_ssh() -> set[str]:
    """By its sockets: systemd may hold the door, at a port that sshd was never told of."""
    look = ["ss", "--no-header", "--tcp", "--all", "--numeric", "--processes"]
    rows = [line.split(maxsplit=5) for line in _said(*look).splitlines()]
    doors = [row[3].rpartition(":") for row in rows if row[0] == "LISTEN"]
    open_to_others = {port for address, _, port in doors if address not in {"127.0.0.1", "[::1]"}}
    ssh = {row[3].rpartition(":")[2] for row in rows if '("sshd' in row[-1]}
    return open_to_others & ssh


def _said(*command: str) -> str:
    """What a command that only looks printed; nothing where it fails or is not there."""
    try:
        return run(command)
    except (Failed, FileNotFoundError):
        return ""
