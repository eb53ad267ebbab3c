"""What every process would else load for itself while its first readers wait."""

from babel.dates import format_date, format_time
from flask import Flask
from flask_babel import force_locale, get_locale, get_translations

from bluelog.clock import now
from bluelog.i18n import CATALOGUES

_OF_READERS = frozenset({"blog", "errors", "macros"})


def warm(app: Flask) -> None:
    """Load readers' templates and the interface languages; no database is asked.

    Before gunicorn forks it is done once, and the workers share what is loaded.
    """
    for name in app.jinja_env.list_templates():
        if name.partition("/")[0] in _OF_READERS:
            app.jinja_env.get_template(name)
    for catalogue in CATALOGUES.values():
        with app.test_request_context(), force_locale(catalogue):
            get_translations()
            format_date(now(), "long", get_locale())
            format_time(now(), "short", locale=get_locale())
