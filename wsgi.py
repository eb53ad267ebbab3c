"""The production app: `gunicorn wsgi:app`."""

from pathlib import Path

from dotenv import load_dotenv

load_dotenv(Path(__file__).with_name(".env"))

from bluelog import create_app  # noqa: E402  (settings are read from the environment just filled)

app = create_app("production")
