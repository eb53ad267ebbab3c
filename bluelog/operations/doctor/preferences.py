"""The settings: what is wrong, and what deserves a second look."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import current_app

from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, failure, fine, warning
from bluelog.operations.doctor.installed import certificate_command
from bluelog.operations.doctor.patient import patient, without_secrets

_EXPLAINED = {
    "FLASK_ENV": _l("FLASK_ENV is set and no longer read: FLASK_CONFIG replaced it."),
    "FLASK_CONFIG": _l(
        "FLASK_CONFIG is not production in .env: commands would use another database."
    ),
}


def look(_seconds: float) -> Iterator[Finding]:
    """Tell every refused setting, every notice, and what hindered the start."""
    found = patient()
    for name, text in found.errors.items():
        advice = _l("Correct it in .env, then start the blog again.")
        yield failure(without_secrets(f"{name} {text}"), advice)
    if found.trouble:
        yield failure(_l("The blog does not start: %(reason)s", reason=found.trouble))
    for notice in found.notices:
        yield warning(_EXPLAINED.get(notice.split()[0], notice))
    if not (found.errors or found.trouble or found.notices):
        name = current_app.config["FLASK_CONFIG"]
        yield fine(_l("All settings of the configuration %(name)s are in order.", name=name))
    if _is_in_the_clear():
        yield warning(
            _l("Passwords travel unencrypted, for BLUELOG_URL begins with http://."),
            _l("Get a certificate, then give the https:// address."),
            certificate_command(urlsplit(current_app.config["BLUELOG_URL"]).hostname or ""),
        )


def _is_in_the_clear() -> bool:
    config = current_app.config
    url = config.get("BLUELOG_URL") or ""
    is_local = url.startswith(("http://localhost", "http://127.", "http://[::1]"))
    is_served = config.get("FLASK_CONFIG") == "production"
    return is_served and url.startswith("http:") and not is_local
