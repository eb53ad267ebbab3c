"""The production app: `gunicorn wsgi:app`."""

import sys
from pathlib import Path

from dotenv import load_dotenv

load_dotenv(Path(__file__).with_name(".env"))

from bluelog import create_app  # noqa: E402  (settings are read from the environment just filled)
from bluelog.settings import ConfigurationError  # noqa: E402

try:
    app = create_app("production")
except ConfigurationError as error:
    sys.exit(str(error))
