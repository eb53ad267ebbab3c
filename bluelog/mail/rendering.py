"""From a queued row to a message in its reader's language."""

import unicodedata
from email import policy
from email.charset import QP, Charset
from email.mime.base import MIMEBase
from email.mime.text import MIMEText

import flask_mail
from flask import current_app

from bluelog.i18n import CATALOGUES, best_language, force_locale
from bluelog.mail.facts import facts_of
from bluelog.models import OutgoingMail

_WRAPPED = Charset("utf-8")
_WRAPPED.body_encoding = QP


class Message(flask_mail.Message):
    """Flask-Mail's message with its long lines wrapped, for servers cut them after 998 characters.

    Only headers are left whole, since folding would spoil an address in them.
    """

    def _mimetext(self, text: str | None, subtype: str = "plain") -> MIMEText:
        return MIMEText(text or "", subtype, _WRAPPED)  # type: ignore[arg-type]

    def _message(self) -> MIMEBase:
        message = super()._message()
        message.policy = policy.SMTP.clone(refold_source="none")
        return message


def render(message: OutgoingMail) -> flask_mail.Message:
    """Write the message out. Needs an app context, no request.

    Raises NotFound when what the message is about is gone.
    """
    language = best_language(message.locale) or "en"
    catalogue = CATALOGUES[language]
    with force_locale(catalogue):
        facts = facts_of(message, catalogue) | {"language": language}
        subject, _, text = _filled(f"{message.template}.txt", facts).partition("\n")
        facts["subject"] = _one_line(subject)
        html = _filled(f"{message.template}.html", facts)
    rendered = Message(
        subject=facts["subject"],
        recipients=[message.recipient],
        body=text.strip() + "\n",
        html=html,
        date=message.created_at.timestamp(),
        extra_headers=_headers(facts.get("unsubscribe_link")),
    )
    rendered.msgId = message.message_id
    return rendered


def _filled(template: str, facts: dict[str, object]) -> str:
    """Fill a template without the context processors, which are about a request."""
    return current_app.jinja_env.get_template(f"mail/{template}").render(facts)


def _one_line(subject: str) -> str:
    """Fold white space and drop control characters, which could end a header."""
    folded = " ".join(subject.split())
    return "".join(char for char in folded if unicodedata.category(char) != "Cc")


def _headers(unsubscribe_link: str | None) -> dict[str, str]:
    """Say that a machine wrote, and how one click ends it (RFC 3834, RFC 8058)."""
    headers = {"Auto-Submitted": "auto-generated"}
    if unsubscribe_link:
        headers["List-Unsubscribe"] = f"<{unsubscribe_link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
