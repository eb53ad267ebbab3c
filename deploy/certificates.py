"""The certificate: made here at once, and Let's Encrypt's in its place when that can be had.

nginx always reads `/etc/bluelog/tls/`; only what lies behind those two names changes.
"""

import argparse
import shutil
from pathlib import Path

from deploy.choices import Choices
from deploy.fill import Site
from deploy.hand import Failed, Hand, run

FOLDER = Path("/etc/bluelog/tls")
SELF_SIGNED, LETS_ENCRYPT = "self-signed", "letsencrypt"
_OWN = FOLDER / "self-signed"
_DAYS = "3650"


def kind(said: str) -> str:
    """Where it is to come from, as it is kept: files by their whole paths.

    Raises ArgumentTypeError.
    """
    if said in {SELF_SIGNED, LETS_ENCRYPT}:
        return said
    certificate, comma, key = said.partition(",")
    if not (certificate and comma and key) or "," in key:
        raise argparse.ArgumentTypeError(f"{said!r} is none of them")
    return f"{Path(certificate).absolute()},{Path(key).absolute()}"


def check(choices: Choices) -> None:
    """Raises Failed where files were named that are not there, before anything is begun."""
    for path in _own_files(choices):
        if not path.is_file():
            raise Failed(f"There is no {path}.")


def look_at(hand: Hand, choices: Choices) -> None:
    """Refuse files that nginx would not start with. Raises Failed.

    A certificate for other names it would show, so that is only said.
    """
    if not (files := _own_files(choices)) or not shutil.which("openssl"):
        return
    certificate, key = files
    if not _belong(certificate, key):
        raise Failed(f"{key} is not the key of {certificate}, or one of them cannot be read.")
    if not _is_for(certificate, choices.domain):
        hand.note(f"{certificate} is not for {choices.domain}: browsers will warn.")


def _own_files(choices: Choices) -> list[Path]:
    """The operator's certificate and key, if it is to be them."""
    return (
        [Path(part) for part in choices.certificate.split(",")]
        if "," in choices.certificate
        else []
    )


def have_any(hand: Hand, choices: Choices, site: Site) -> None:
    """Have a certificate that nginx can start with. Raises Failed."""
    hand.folder(FOLDER, 0o750)
    if files := _own_files(choices):
        _lead_to(hand, site, *files)
    elif choices.certificate == SELF_SIGNED or not _is_there(site):
        _make(hand, choices.domain)
        _lead_to(hand, site, _OWN / "fullchain.pem", _OWN / "privkey.pem")


def ask_lets_encrypt(hand: Hand, choices: Choices, site: Site) -> bool:
    """Have Let's Encrypt's certificate, for which nginx must be running; whether there is one.

    Without one the blog goes on with the certificate made here, and the next run asks again.
    """
    live = Path("/etc/letsencrypt/live") / choices.domain
    if (live / "fullchain.pem").exists():
        hand.same(f"certificate of Let's Encrypt for {choices.domain}")
    elif not _asked(hand, choices, site):
        return False
    _lead_to(hand, site, live / "fullchain.pem", live / "privkey.pem")
    return True


def _asked(hand: Hand, choices: Choices, site: Site) -> bool:
    contact = ["--email", choices.email] if choices.email else ["--register-unsafely-without-email"]
    command = ["certbot", "certonly", "--webroot", "--webroot-path", str(site.www)]
    command += ["--domain", choices.domain, "--non-interactive", "--agree-tos", *contact]
    command += ["--deploy-hook", "service nginx reload"]
    if not hand.does(f"asks Let's Encrypt for a certificate for {choices.domain}"):
        return True
    try:
        run(command)
    except Failed as error:
        hand.note(f"There is none yet: {error}")
        hand.note("Does the name lead to this machine, and does port 80 get through? Run it again.")
        return False
    return True


def _is_there(site: Site) -> bool:
    return site.certificate.exists() and site.certificate_key.exists()


def _make(hand: Hand, domain: str) -> None:
    hand.folder(_OWN, 0o700)
    certificate, key = _OWN / "fullchain.pem", _OWN / "privkey.pem"
    if certificate.is_file() and _is_for(certificate, domain) and _belong(certificate, key):
        hand.same(str(certificate))
        return
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", _DAYS, "-subj", f"/CN={domain}"]
    command += ["-addext", f"subjectAltName=DNS:{domain}"]
    hand.run(
        f"makes a certificate for {domain}, signed by itself",
        [*command, "-keyout", str(key), "-out", str(certificate)],
    )


def _belong(certificate: Path, key: Path) -> bool:
    """Whether they are a pair; a run that was cut off may have left half of one."""
    try:
        public = run(["openssl", "x509", "-noout", "-pubkey", "-in", certificate])
        return public == run(["openssl", "pkey", "-pubout", "-in", key, "-passin", "pass:"])
    except Failed:
        return False


def _is_for(certificate: Path, domain: str) -> bool:
    command = ["openssl", "x509", "-noout", "-checkhost", domain, "-in", str(certificate)]
    return "does match" in run(command)


def _lead_to(hand: Hand, site: Site, certificate: Path, key: Path) -> None:
    hand.link(site.certificate, certificate)
    hand.link(site.certificate_key, key)
