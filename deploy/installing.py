"""`deploy/install DOMAIN`: from an empty machine to a blog on HTTPS, and safely again.

Every step looks before it acts: what is as it should be is left alone and called "unchanged".
"""

import argparse
import re
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from deploy import certificates, machine, packages, releases, web_server
from deploy.choices import SETTINGS, USER, Choices, keep_choices, kept_choices, site_of
from deploy.fill import Site, run_folder_file
from deploy.hand import Failed, Hand, run, tell_failure
from deploy.health import wait_until_ready
from deploy.lock import alone
from deploy.managers import MANAGERS
from deploy.proving import prove
from deploy.settings_file import keep_settings, read_settings
from deploy.stepping import recover

CHECKOUT = Path(__file__).resolve().parent.parent
_READY_SECONDS = 90
_SERVED_SECONDS = 20
_DOMAIN = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_SETUP_CODE = """
from wsgi import app
from bluelog.blueprints.auth.setup import setup_code
from bluelog.queries.people import administrator_exists
with app.app_context():
    print("" if administrator_exists() else "CODE=" + setup_code())
"""


def main() -> int:
    """The command."""
    options = _options()
    hand = Hand(is_dry=options.dry_run)
    try:
        machine.check(is_dry=hand.is_dry)
        with nullcontext() if hand.is_dry else alone():
            recover(hand)
            known = kept_choices()
            install(hand, choose(options, known), known, options)
    except (Failed, OSError) as error:
        return tell_failure(error)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deploy/install", description=__doc__)
    parser.add_argument("domain", help="the blog's name, such as blog.example.com")
    parser.add_argument("--email", help="the operator, who is told of errors; Let's Encrypt's too")
    parser.add_argument("--process-manager", choices=sorted(MANAGERS))
    parser.add_argument(
        "--certificate",
        metavar="letsencrypt|self-signed|CERTIFICATE,KEY",
        type=certificates.kind,
        help="where the certificate comes from (letsencrypt)",
    )
    parser.add_argument("--source", help="the git repository to follow (this checkout's origin)")
    words = "commit, branch or tag to install (this checkout's commit)"
    parser.add_argument("--commit", help=words)
    parser.add_argument(
        "--firewall", action="store_true", default=None, help="let in SSH and the web alone (ufw)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say each act and do none")
    return parser.parse_args()


def choose(options: argparse.Namespace, known: dict[str, Any]) -> Choices:
    """What the command line says, else what was chosen before, else the usual. Raises Failed."""
    domain = options.domain.lower().rstrip(".")
    if not _DOMAIN.fullmatch(domain):
        raise Failed(f"{options.domain!r} is no name such as blog.example.com.")
    asked = {name: value for name, value in vars(options).items() if name in asdict(_ANY)}
    said = {name: value for name, value in asked.items() if value is not None}
    choices = Choices(**{"source": known.get("source") or _source(), **known, **said})
    source = choices.source if "://" in choices.source else _whole_path(choices.source)
    return replace(choices, domain=domain, source=source)


_ANY = Choices("", "")


def _source() -> str:
    """Where this checkout came from, or itself."""
    try:
        return _git("remote", "get-url", "origin")
    except Failed:
        return str(CHECKOUT)


def _whole_path(source: str) -> str:
    """A folder of this machine by a name that holds wherever it is asked for; else what it is."""
    return str(Path(source).absolute()) if Path(source).exists() else source


def _git(*words: str) -> str:
    trust = f"safe.directory={CHECKOUT}"
    return run(["git", "-c", trust, "-C", CHECKOUT, *words]).strip()


def install(
    hand: Hand, choices: Choices, known: dict[str, Any], options: argparse.Namespace
) -> None:
    """Do chapter 4 of docs/deploy/vps.md; `known` is what an earlier run chose. Raises Failed."""
    certificates.check(choices)
    hand.heading("Packages and user")
    packages.have_packages(hand, choices, read_settings(SETTINGS))
    certificates.look_at(hand, choices)
    machine.have_user(hand, site_of(choices))
    hand.heading("Folders and settings")
    machine.have_folders(hand, site_of(choices))
    # Until the other one runs the blog, the present one is who can be told to stop it.
    present = known.get("process_manager", choices.process_manager)
    keep_choices(hand, replace(choices, process_manager=present))
    keep_settings(hand, SETTINGS, site_of(choices), choices.email, is_said=bool(options.email))
    site = site_of(choices)
    hand.heading("Release and database")
    _have_release(hand, choices, options.commit)
    hand.heading("Certificate and nginx")
    certificates.have_any(hand, choices, site)
    web_server.configure(hand, site)
    hand.heading("Web server and worker")
    keep_running(hand, choices, site)
    _prove(hand, site)
    _open_to_all(hand, choices, known, site)
    _say_what_is_next(hand, choices)


def _have_release(hand: Hand, choices: Choices, name: str | None) -> None:
    """The first release. Another one in its place is deploy/upgrade's work, who can go back."""
    present = releases.current_release()
    releases.fetch(hand, choices.source)
    wanted = _commit(name) if name or present is None else present.name
    if present and present.name != wanted:
        raise Failed(f"{present.name} runs here. To go on to another: deploy/upgrade {wanted}")
    releases.fetch_commit(hand, CHECKOUT, wanted)
    release = releases.build(hand, wanted)
    if present is None and hand.does("makes the database"):
        releases.flask(release, "db", "upgrade", user=USER)
    releases.switch(hand, release)


def _commit(name: str | None) -> str:
    """What the source calls so, else this checkout, of which it is HEAD that is meant unsaid."""
    found = (releases.find_commit(name) if name else None) or releases.find_commit(
        name or "HEAD", CHECKOUT
    )
    if found is None:
        raise Failed(f"Neither the source nor {CHECKOUT} knows a commit {name or 'HEAD'!r}.")
    return found


def keep_running(hand: Hand, choices: Choices, site: Site) -> None:
    """Have the process manager, and no other, run the release that `current` leads to."""
    for path, text in run_folder_file(site).items():
        hand.write(path, text)
    manager = MANAGERS[choices.process_manager]()
    manager.configure(hand, site)
    for name, other in MANAGERS.items():
        if name != choices.process_manager:
            other().retire(hand, site)
    if kept_choices() != asdict(choices):
        keep_choices(hand, choices)
    manager.start(hand)


def _prove(hand: Hand, site: Site) -> None:
    if not hand.is_dry:
        wait_until_ready(site.socket, site.host, _READY_SECONDS)
        hand.note("/readyz says that database, migrations, worker and disk are well")
        prove(site, _SERVED_SECONDS)
        hand.note(f"nginx serves {site.url} here, with the certificate of {site.certificate}")


def _open_to_all(hand: Hand, choices: Choices, known: dict[str, Any], site: Site) -> None:
    """The firewall first: Let's Encrypt comes by the port that it opens."""
    if choices.firewall:
        hand.heading("Firewall")
        machine.have_firewall(hand)
    if choices.certificate == certificates.LETS_ENCRYPT:
        hand.heading("Let's Encrypt")
        if known.get("email", choices.email) != choices.email:
            hand.note(f"Its account keeps its address: certbot update_account -m {choices.email}")
        _take_real_certificate(hand, choices, site)


def _take_real_certificate(hand: Hand, choices: Choices, site: Site) -> None:
    changes = hand.changes
    if certificates.ask_lets_encrypt(hand, choices, site) and hand.changes > changes:
        hand.run("has nginx take it up", ["service", "nginx", "reload"])
        _prove(hand, site)


def _say_what_is_next(hand: Hand, choices: Choices) -> None:
    if hand.is_dry:
        print(f"\nNothing was changed. It would be {hand.changes} acts.")
        return
    changed = f"{hand.changes} changes" if hand.changes else "nothing had to be changed"
    print(f"\nThe blog runs at https://{choices.domain} ({changed}).")
    release = releases.current_release() or Path()
    code = run(
        [release / ".venv/bin/python", "-c", _SETUP_CODE],
        user=USER,
        cwd=release,
        env=releases.blog_env(),
    ).partition("CODE=")[2]
    if code:
        print(f"Set it up in the browser: https://{choices.domain}/setup?code={code.strip()}")
    print(f"Settings:  {SETTINGS}")
    print("Newer code: sudo /opt/bluelog/current/deploy/upgrade")
    print(f"Left to you: {_left(choices)}")


def _left(choices: Choices) -> str:
    """What of docs/deploy/vps.md the installer does not do unasked: it could lock somebody out."""
    firewall = "" if choices.firewall else "the firewall (--firewall), "
    return f"{firewall}keys in the place of SSH's passwords, copies of the backups elsewhere"
