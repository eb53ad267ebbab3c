"""The certificate: made here at once, and Let's Encrypt's in its place when that can be had.

nginx always reads `/etc/bluelog/tls/`; only what lies behind those two names changes.
"""

from pathlib import Path

from deploy.choices import Choices
from deploy.fill import Site
from deploy.hand import Failed, Hand, run

FOLDER = Path("/etc/bluelog/tls")
SELF_SIGNED, LETS_ENCRYPT = "self-signed", "letsencrypt"
_OWN = FOLDER / "self-signed"
_DAYS = "3650"


def have_any(hand: Hand, choices: Choices, site: Site) -> None:
    """Have a certificate that nginx can start with."""
    hand.folder(FOLDER, 0o750)
    if "," in choices.certificate:
        certificate, key = (Path(part).absolute() for part in choices.certificate.split(","))
        _lead_to(hand, site, certificate, key)
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
    if certificate.is_file() and key.is_file() and _is_for(certificate, domain):
        hand.same(str(certificate))
        return
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", _DAYS, "-subj", f"/CN={domain}"]
    command += ["-addext", f"subjectAltName=DNS:{domain}"]
    hand.run(
        f"makes a certificate for {domain}, signed by itself",
        [*command, "-keyout", str(key), "-out", str(certificate)],
    )


def _is_for(certificate: Path, domain: str) -> bool:
    command = ["openssl", "x509", "-noout", "-checkhost", domain, "-in", str(certificate)]
    return "does match" in run(command)


def _lead_to(hand: Hand, site: Site, certificate: Path, key: Path) -> None:
    hand.link(site.certificate, certificate)
    hand.link(site.certificate_key, key)
