"""Mail: what waits, what failed, and whether the server takes it."""

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import current_app

from bluelog.clock import now
from bluelog.i18n import CATALOGUES, force_locale, gettext
from bluelog.i18n import lazy_gettext as _l
from bluelog.i18n import lazy_ngettext as _n
from bluelog.mail import is_configured, smtp
from bluelog.mail.links import host
from bluelog.mail.rendering import Message
from bluelog.operations.doctor.finding import Finding, age, failure, fine, warning
from bluelog.operations.doctor.patient import reason, without_secrets
from bluelog.queries.operations import MailQueue, mail_queue

LONGEST_WAIT = timedelta(hours=1)


def look_at_queue(_seconds: float) -> Iterator[Finding]:
    """Judge the messages on their way out."""
    yield from judge_queue(mail_queue(), now())


def judge_queue(queue: MailQueue, at: datetime) -> Iterator[Finding]:
    """Whether messages move on."""
    if queue.failed:
        words = _n(
            "%(num)d message could not be sent.",
            "%(num)d messages could not be sent.",
            queue.failed,
        )
        last = without_secrets(queue.last_error)[:200]
        advice = _l("The server said of the last one: %(answer)s", answer=last) if last else ""
        yield warning(words, advice)
    if queue.oldest_at and at - queue.oldest_at > LONGEST_WAIT:
        words = _n(
            "%(num)d message waits, the oldest for %(age)s.",
            "%(num)d messages wait, the oldest for %(age)s.",
            queue.waiting,
            age=age(at - queue.oldest_at),
        )
        advice = _l("See that the worker runs and the mail server takes mail.")
        yield warning(words, advice, "flask doctor --mail")
    elif not queue.failed:
        none_failed = _n(
            "No mail failed; %(num)d message waits.",
            "No mail failed; %(num)d messages wait.",
            queue.waiting,
        )
        yield fine(none_failed)


def look_at_server(_seconds: float) -> Iterator[Finding]:
    """Greet the server, encrypt, sign in, take leave; its time-out is BLUELOG_MAIL_TIMEOUT."""
    if not is_configured():
        yield _no_server()
        return
    try:
        with smtp.connection():
            pass
    except OSError as error:
        yield _refused(error)
    else:
        yield fine(_l("The mail server %(place)s answers and lets us in.", place=_place()))


def send_test(_seconds: float) -> Iterator[Finding]:
    """Send a message to every operator now, and tell what the server answered."""
    recipients = current_app.config["BLUELOG_EMAIL"]
    if not is_configured():
        yield _no_server()
    elif not recipients:
        words = _l("There is nobody to send a test message to.")
        yield warning(words, _l("Set BLUELOG_EMAIL in .env."))
    for recipient in recipients if is_configured() else ():
        yield _sent(recipient)


def _sent(recipient: str) -> Finding:
    try:
        with smtp.connection() as connection:
            connection.send(_test_message(recipient))
            answer = connection.answer
    except OSError as error:
        return _refused(error)
    return fine(
        _l(
            "A test message to %(address)s was taken: %(answer)s",
            address=recipient,
            answer=without_secrets(answer),
        )
    )


def _test_message(recipient: str) -> Message:
    """A message that asks nothing of the database, for that may be what is ill."""
    site = host()
    with force_locale(CATALOGUES[current_app.config["BLUELOG_DEFAULT_LANGUAGE"]]):
        return Message(
            subject=gettext("Test message from %(site)s", site=site),
            recipients=[recipient],
            body=gettext(
                "%(site)s can send mail: this message reached %(address)s.",
                site=site,
                address=recipient,
            ),
            extra_headers={"Auto-Submitted": "auto-generated"},
        )


def _no_server() -> Finding:
    return fine(
        _l("No mail server is set, so no mail is sent; everything else works."),
        _l("To send mail, set MAIL_SERVER and BLUELOG_EMAIL in .env."),
    )


def _refused(error: Exception) -> Finding:
    if isinstance(error, ssl.SSLError):
        advice = _l("See that MAIL_USE_SSL, MAIL_USE_TLS and MAIL_PORT suit the server.")
    else:
        advice = _l("See that MAIL_SERVER, MAIL_USERNAME and MAIL_PASSWORD are right.")
    words = _l(
        "The mail server %(place)s does not take mail: %(reason)s",
        place=_place(),
        reason=reason(error),
    )
    return failure(words, advice, "flask doctor --mail")


def _place() -> str:
    return f"{current_app.config['MAIL_SERVER']}:{current_app.config['MAIL_PORT']}"
