"""What the environment says beside the values of settings."""

import difflib
import re
from collections.abc import Mapping

from bluelog.settings.table import SETTINGS

_CERTIFICATE = re.compile(r"(^|\s)--certfile[=\s]")
_PREFIX = "BLUELOG_"
_TEST_PREFIX = "BLUELOG_TEST_"  # read by the tests, not by the app


def misspelt(environ: Mapping[str, str]) -> dict[str, str]:
    """Name every BLUELOG_ variable that is no setting, with the one that was probably meant."""
    known = {setting.name.removeprefix(_PREFIX): setting.name for setting in SETTINGS}
    strangers = sorted(
        name
        for name in environ
        if name.startswith(_PREFIX)
        and not name.startswith(_TEST_PREFIX)
        and name not in known.values()
    )
    return {name: _suggestion(name, known) for name in strangers}


def _suggestion(name: str, known: Mapping[str, str]) -> str:
    """Compare without the common beginning, which makes all names look alike."""
    nearest = difflib.get_close_matches(name.removeprefix(_PREFIX), known, n=1)
    if nearest:
        return f"is no setting. Did you mean {known[nearest[0]]}?"
    return "is no setting. Remove it; .env.example lists those that exist."


def notices(environ: Mapping[str, str], name: str) -> list[str]:
    """What an operator should hear that is not wrong enough to stop for."""
    found = []
    if environ.get("FLASK_ENV", "").strip():
        found.append(
            "FLASK_ENV is no longer read: FLASK_CONFIG (development, testing or production) "
            f"replaced it, and FLASK_DEBUG or --debug its debug mode. This is {name}."
        )
    chosen = environ.get("FLASK_CONFIG", "").strip()
    if name == "production" and chosen.lower() != name:
        found.append(
            "FLASK_CONFIG is not production: set it in .env, or `flask` commands here will use "
            "another database than this app."
        )
    return found


def has_certificate(environ: Mapping[str, str]) -> bool:
    """Whether gunicorn's arguments in the environment give it a certificate of its own."""
    return _CERTIFICATE.search(environ.get("GUNICORN_CMD_ARGS", "")) is not None
