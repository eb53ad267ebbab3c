"""What was chosen when the blog was installed, kept so that nothing is asked twice."""

import json
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from deploy.fill import Site
from deploy.hand import Failed, Hand, run
from deploy.settings_file import max_body_bytes, read_settings

KEPT = Path("/etc/bluelog/install.json")
SETTINGS = Path("/etc/bluelog/bluelog.env")
USER = "bluelog"


@dataclass(frozen=True)
class Choices:
    """The command line of deploy/install, in effect until it says otherwise."""

    domain: str
    source: str
    process_manager: str = "systemd"
    certificate: str = "letsencrypt"  # or self-signed, or "certificate,key" as two paths
    email: str = ""
    firewall: bool = False


def kept_choices(path: Path = KEPT) -> dict[str, Any]:
    """What an earlier run chose; nothing before the first."""
    if not path.is_file():
        return {}
    known = {field.name for field in fields(Choices)}
    found = json.loads(path.read_text("utf-8"))
    return {name: value for name, value in found.items() if name in known}


def keep_choices(hand: Hand, choices: Choices) -> None:
    """Keep them for the next run and for deploy/upgrade."""
    hand.write(KEPT, json.dumps(asdict(choices), indent=2) + "\n")


def site_of(choices: Choices) -> Site:
    """The blog they describe, with what its settings say of uploads."""
    settings = read_settings(SETTINGS)
    data = Path("/var/lib/bluelog")
    uploads = settings.get("BLUELOG_UPLOAD_PATH", "")
    addresses = ("", "[::]:") if Path("/proc/net/if_inet6").exists() else ("",)
    return Site(
        choices.domain,
        data=data,
        uploads=Path(uploads) if uploads.startswith("/") else data / "uploads",
        max_body_bytes=max_body_bytes(settings),
        addresses=addresses,
        nginx_version=_nginx_version() or Site.nginx_version,
        user=USER,
    )


def version_of(said: str) -> tuple[int, ...]:
    """The version in what nginx says of itself; empty where there is none."""
    found = re.search(r"(\d+(?:\.\d+)+)", said)
    return tuple(map(int, found[1].split("."))) if found else ()


def _nginx_version() -> tuple[int, ...]:
    try:
        return version_of(run(["nginx", "-v"]))
    except (Failed, FileNotFoundError):  # it is yet to be installed, or has no part here
        return ()
