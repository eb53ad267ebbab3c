"""The way to the blog: whether its address leads here, and whose address the blog sees."""

import secrets
from collections.abc import Iterator, Sequence
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from flask import current_app

from bluelog.i18n import lazy_gettext as _l
from bluelog.i18n import lazy_ngettext as _n
from bluelog.operations.doctor import arrival, visit
from bluelog.operations.doctor.arrival import Arrival
from bluelog.operations.doctor.finding import Finding, failure, fine, warning
from bluelog.operations.doctor.patient import reason

_EXAMPLES = int(IPv6Address("2001:db8::"))  # RFC 3849: nobody's


def look(seconds: float) -> Iterator[Finding]:
    """Ask BLUELOG_URL under a forged address, and see what of it the blog believes."""
    url = current_app.config["BLUELOG_URL"]
    if not url:
        return
    forged = str(IPv6Address(_EXAMPLES + secrets.randbits(64)))
    headers = {arrival.HEADER: arrival.question(forged), "X-Forwarded-For": forged}
    try:
        answer = visit.ask(url, "/healthz", seconds, headers)
    except visit.FAILURES as error:
        words = _l("%(url)s cannot be reached from here: %(reason)s", url=url, reason=reason(error))
        yield warning(words, _l("See that its name leads to this machine and the port is open."))
        return
    arrived = arrival.read(answer.body)
    yield from judge(arrived, forged) if arrived else [_foreign(url, answer.status)]


def _foreign(url: str, status: int) -> Finding:
    return failure(
        _l("%(url)s answers %(status)d, and it is not this blog.", url=url, status=status),
        _l(
            "See that the web server in front passes requests on to this blog, "
            "and that both run with the same SECRET_KEY."
        ),
    )


def judge(arrived: Arrival, forged: str) -> Iterator[Finding]:
    """Compare what arrived with what the settings say."""
    config = current_app.config
    url = urlsplit(config["BLUELOG_URL"])
    needs_proxy = url.scheme == "https" and not config["BLUELOG_OWN_TLS"]
    proxies = proxies_before(arrived.forwarded_for, forged)
    yield judge_count(config["BLUELOG_PROXY_COUNT"], proxies, arrived, needs_proxy=needs_proxy)
    if arrived.scheme != url.scheme:
        yield failure(
            _l("Requests arrive as %(scheme)s and not as they were sent.", scheme=arrived.scheme),
            _l("Let the web server in front pass on how it was asked; in nginx:"),
            "proxy_set_header X-Forwarded-Proto $scheme;",
        )
    if arrived.host != url.netloc:
        yield failure(
            _l("Requests arrive for %(host)s and not for BLUELOG_URL.", host=arrived.host),
            _l("Let the web server in front pass on the host; in nginx:"),
            "proxy_set_header Host $host;",
        )


def proxies_before(forwarded_for: Sequence[str], forged: str) -> int:
    """How many proxies added their word: all after the forged one, or all where it was dropped."""
    if forged in forwarded_for:
        return len(forwarded_for) - 1 - list(forwarded_for).index(forged)
    return len(forwarded_for)


def judge_count(counted: int, proxies: int, arrived: Arrival, *, needs_proxy: bool) -> Finding:
    """Whether a visitor's address is the one the blog sees."""
    if proxies == 0 and needs_proxy:
        return failure(
            _l("The web server in front does not say whose request it passes on."),
            _l("Let it say so; in nginx:"),
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        )
    if counted == proxies:
        return fine(
            _n(
                "Visitors' addresses are seen: here %(address)s, behind %(num)d proxy.",
                "Visitors' addresses are seen: here %(address)s, behind %(num)d proxies.",
                counted,
                address=arrived.address,
            )
        )
    words = _l("All visitors look like one: a proxy's address is taken for theirs.")
    # Where the proxies drop what a visitor claims, too high a count finds nobody's word at all.
    if counted > proxies and len(arrived.forwarded_for) > proxies:
        words = _l("Visitors can forge their address: more proxies are believed than there are.")
    advice = _l("Write this into .env, then start the blog again.")
    return failure(words, advice, f"BLUELOG_PROXY_COUNT={proxies}")
