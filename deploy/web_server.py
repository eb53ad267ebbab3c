"""nginx: the blog's site in it, and what it needs of the machine."""

import re
from pathlib import Path

from deploy.fill import Site, nginx_files
from deploy.hand import Hand, succeeds

_CONNECTIONS = 4096
_OPEN_FILES = 16384
_MAIN = Path("/etc/nginx/nginx.conf")
_LIMITS = Path("/etc/nginx/modules-enabled/90-bluelog.conf")
_LIMITS_TEXT = f"""\
# Of the blog: a connection is one file, one towards the app another.
worker_rlimit_nofile {_OPEN_FILES};
"""


def configure(hand: Hand, site: Site) -> None:
    """Have nginx serve the site, by files that it has found good."""
    changes = hand.changes
    hand.folder(site.www)
    hand.folder(site.cache, 0o700, site.web_group)
    _take_default_away(hand, site)
    strangers = not _somebody_answers_for_all(site)
    files = nginx_files(site, strangers=strangers)
    for path, text in files.items():
        hand.write(path, text)
    for path in files:
        if path.parent.name == "sites-available":
            hand.link(site.nginx / "sites-enabled" / path.name, path)
    _allow_more_connections(hand)
    _take_up(hand, is_changed=hand.changes > changes)


def _take_default_away(hand: Hand, site: Site) -> None:
    """The page that greets on a fresh nginx, if it is still that one."""
    default = site.nginx / "sites-enabled" / "default"
    if default.is_symlink() and default.resolve() == site.nginx / "sites-available" / "default":
        hand.remove(default)


def _somebody_answers_for_all(site: Site) -> bool:
    """Whether another site of this machine claims requests for unknown hosts."""
    enabled = site.nginx / "sites-enabled"
    others = enabled.iterdir() if enabled.is_dir() else ()
    return any(
        "default_server" in path.read_text("utf-8", "replace")
        for path in others
        if path.is_file() and path.name not in {"bluelog-strangers", "default"}
    )


def _allow_more_connections(hand: Hand) -> None:
    """A thousand slow readers must leave room for the next; Debian's 768 would not."""
    hand.write(_LIMITS, _LIMITS_TEXT)
    text = _MAIN.read_text("utf-8") if _MAIN.is_file() else ""
    found = re.search(r"worker_connections\s+(\d+);", text)
    if found and int(found.group(1)) < _CONNECTIONS:
        hand.write(_MAIN, text.replace(found.group(), f"worker_connections {_CONNECTIONS};"))


def _take_up(hand: Hand, *, is_changed: bool) -> None:
    if not succeeds("service", "nginx", "status"):
        hand.run("starts nginx", ["service", "nginx", "start"])
    elif is_changed:
        hand.run("asks nginx whether its files are good", ["nginx", "-t", "-q"])
        hand.run("has nginx read its files", ["service", "nginx", "reload"])
    else:
        hand.same("nginx runs")
