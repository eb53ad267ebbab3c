"""Bluelog, a multi-user blog platform. `create_app()` is its table of contents."""

import logging
import warnings
from collections.abc import Callable
from typing import Any

# Flask-CKEditor asks for a sanitiser that is no longer maintained; ours is bluelog.text.sanitise.
warnings.filterwarnings("ignore", message='The "bleach" library is not installed')

from flask import Flask  # noqa: E402

from bluelog import (  # noqa: E402
    blueprints,
    cli,
    extensions,
    jobs,
    reactions,
    settings,
    storage,
    web,
)
from bluelog.models import Post  # noqa: E402
from bluelog.operations import doctor  # noqa: E402
from bluelog.services import limits  # noqa: E402
from bluelog.settings import BaseConfig, ConfigurationError  # noqa: E402

log = logging.getLogger(__name__)


class Bluelog(Flask):
    """Flask without coroutines: none is written here, so none is looked for at every callback."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(config: str | BaseConfig | None = None) -> Flask:
    """Make the app for `config`, a name or settings ready made; FLASK_CONFIG names the default.

    Raises ConfigurationError, which lists every setting that is wrong, and OSError where a folder
    cannot be written to. `flask doctor` runs nevertheless.
    """
    chosen = None
    try:
        chosen = config if isinstance(config, BaseConfig) else settings.load(config)
        return _made(chosen)
    except ConfigurationError as error:
        return _refused(error, error.config)
    except OSError as error:
        return _refused(error, chosen)


def _refused(error: Exception, chosen: BaseConfig | None) -> Flask:
    from bluelog.cli.refused import stand_in  # with the doctor's command: for this case alone

    return stand_in(error, chosen)


def _made(chosen: BaseConfig) -> Flask:
    app = Bluelog(__name__, static_folder=None, static_url_path="/static")
    app.config.from_object(chosen)
    _shield_from_late_dicts()
    storage.use(storage.chosen(app.config))
    limits.init(app.config["REDIS_URL"])
    extensions.init_app(app)
    web.init_app(app)
    blueprints.init_app(app)
    reactions.register()
    jobs.init_app(app)
    cli.init_app(app)
    doctor.admit(app, doctor.Patient(notices=chosen.notices))
    for notice in chosen.notices:
        app.logger.warning(notice)
    return app


def _shield_from_late_dicts() -> None:
    """Put the mapper's late attribute names into the shared key table before the first query.

    CPython 3.11 can create an instance's dict twice when a collection runs inside its creation;
    with these names known, closing a session creates none.
    """
    Post()
