"""The production app: `gunicorn wsgi:app`."""

import sys
from pathlib import Path

from dotenv import load_dotenv

load_dotenv(Path(__file__).with_name(".env"))

from bluelog import create_app  # noqa: E402  (settings are read from the environment just filled)
from bluelog.settings import ConfigurationError  # noqa: E402
from bluelog.web.warm import warm  # noqa: E402

GUNICORN_GIVES_UP = 3  # its code for "a worker cannot start"; after any other it tries for ever

try:
    app = create_app("production")
    warm(app)
except ConfigurationError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(GUNICORN_GIVES_UP)
