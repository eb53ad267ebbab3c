"""nginx: the blog's site in it, and what it needs of the machine."""

import re
from pathlib import Path

from deploy.fill import Site, nginx_files
from deploy.hand import Failed, Hand, run, succeeds
from deploy.taking_back import kept_until_good

_CONNECTIONS = 4096
_OPEN_FILES = 16384
_MAIN = Path("/etc/nginx/nginx.conf")
_LIMITS = Path("/etc/nginx/modules-enabled/90-bluelog.conf")
_LIMITS_TEXT = f"""\
# Of the blog: a connection is one file, one towards the app another.
worker_rlimit_nofile {_OPEN_FILES};
"""
_QUICK_PATTERNS = """\
# What a page depends on is found in the request by patterns: a quarter more pages a second.
pcre_jit on;
"""
_STRANGERS = "bluelog-strangers"
_CLAIMS_ALL = re.compile(r"^[^#\n]*\blisten\b[^;#]*\bdefault_server\b", re.MULTILINE)


def expect_good_files() -> None:
    """Look before anything begins: one bad file, whoever's it is, stops all. Raises Failed."""
    try:
        run(["nginx", "-t", "-q"])
    except Failed as error:
        word = "nginx refuses its files as they are. Mend them first. Nothing was changed."
        raise Failed(f"{error}\n\n{word}") from error


def configure(hand: Hand, site: Site) -> None:
    """Have nginx serve the site, by files that it has found good. Raises Failed."""
    hand.folder(site.www)
    hand.folder(site.cache, 0o700, site.web_group)
    _have_good_files(hand, site)
    if succeeds("service", "nginx", "status"):
        hand.sees("that nginx has read its files", ["service", "nginx", "reload"])
    else:
        hand.run("starts nginx", ["service", "nginx", "start"])


def _have_good_files(hand: Hand, site: Site) -> None:
    """Files that nginx refuses would keep it, and all its sites, down from its next start on."""
    try:
        with kept_until_good(_touched(site)):
            _write(hand, site)
            hand.sees("that nginx finds its files good", ["nginx", "-t", "-q"])
    except Failed as error:
        word = "nginx's files are again what they were before."
        if not succeeds("nginx", "-t", "-q"):
            word += " It refuses those as well: mend them first."
        raise Failed(f"{error}\n\n{word}") from error


def _touched(site: Site) -> list[Path]:
    enabled = site.nginx / "sites-enabled"
    links = [enabled / name for name in ("bluelog", _STRANGERS, "default")]
    return [*nginx_files(site), *links, _LIMITS, _MAIN]


def _write(hand: Hand, site: Site) -> None:
    enabled = site.nginx / "sites-enabled"
    _take_default_away(hand, site)
    strangers = not _somebody_answers_for_all(site)
    if not strangers:
        hand.remove(enabled / _STRANGERS)
    files = nginx_files(site, strangers=strangers)
    for path, text in files.items():
        hand.write(path, text)
    for path in files:
        if path.parent.name == "sites-available":
            hand.link(enabled / path.name, path)
    _allow_more_connections(hand)


def _take_default_away(hand: Hand, site: Site) -> None:
    """The page that greets on a fresh nginx, if it is still that one."""
    default = site.nginx / "sites-enabled" / "default"
    if default.is_symlink() and default.resolve() == site.nginx / "sites-available" / "default":
        hand.remove(default)


def _somebody_answers_for_all(site: Site) -> bool:
    """Whether another site of this machine claims requests for unknown hosts."""
    folders = (site.nginx / "sites-enabled", site.nginx / "conf.d")
    others = (path for folder in folders if folder.is_dir() for path in folder.iterdir())
    return any(
        _CLAIMS_ALL.search(path.read_text("utf-8", "replace"))
        for path in others
        if path.is_file() and path.name not in {_STRANGERS, "default"}
    )


def main_text(main: str) -> str:
    """What is said outside the site, beside nginx's main file; twice it would refuse."""
    has_own = re.search(r"^\s*pcre_jit\s", main, re.MULTILINE)
    return _LIMITS_TEXT + ("" if has_own else _QUICK_PATTERNS)


def _allow_more_connections(hand: Hand) -> None:
    """A thousand slow readers must leave room for the next; Debian's 768 would not."""
    text = _MAIN.read_text("utf-8") if _MAIN.is_file() else ""
    hand.write(_LIMITS, main_text(text))
    found = re.search(r"worker_connections\s+(\d+);", text)
    if found and int(found.group(1)) < _CONNECTIONS:
        hand.write(_MAIN, text.replace(found.group(), f"worker_connections {_CONNECTIONS};"))
