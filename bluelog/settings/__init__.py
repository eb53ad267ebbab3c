"""Settings from the environment: typed, read once, and refused with a list of all that is wrong."""

import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from bluelog.settings import hints, mail, s3, secret_key
from bluelog.settings.readers import PROJECT, STREAM, is_address
from bluelog.settings.table import SETTINGS, Setting

__all__ = [
    "SETTINGS",
    "STREAM",
    "BaseConfig",
    "ConfigurationError",
    "DevelopmentConfig",
    "ProductionConfig",
    "Setting",
    "TestingConfig",
    "load",
]

MIB = 1024**2


class ConfigurationError(Exception):
    """Settings are wrong; `errors` has one sentence for each.

    `config` are the settings as far as they could be read, the wrong ones at their defaults: to be
    looked at, never to be started with.
    """

    def __init__(self, errors: list[str], config: "BaseConfig | None" = None) -> None:
        lines = [f"- {error}" for error in errors]
        super().__init__("\n".join(["Bluelog cannot start with these settings:", *lines]))
        self.errors = errors
        self.config = config


class BaseConfig:
    """What every environment shares. Flask takes the upper-case attributes."""

    name: ClassVar[str]
    database: ClassVar[str | None]
    defaults: ClassVar[Mapping[str, object]] = {}

    SECRET_KEY: str
    SQLALCHEMY_DATABASE_URI: str
    REDIS_URL: str | None
    S3_BUCKET: str | None
    S3_ENDPOINT_URL: str | None
    S3_ACCESS_KEY_ID: str | None
    S3_SECRET_ACCESS_KEY: str | None
    S3_REGION: str | None
    S3_PREFIX: str
    BLUELOG_URL: str | None
    BLUELOG_EMAIL: tuple[str, ...]
    BLUELOG_DATA_DIR: Path
    BLUELOG_UPLOAD_PATH: Path
    BLUELOG_LOGGING_PATH: Path | str
    BLUELOG_ACCESS_LOG: Path | None
    BLUELOG_MAX_UPLOAD_BYTES: int
    BLUELOG_POST_PER_PAGE: int
    BLUELOG_MANAGE_POST_PER_PAGE: int
    BLUELOG_COMMENT_PER_PAGE: int
    BLUELOG_DEFAULT_LANGUAGE: str
    BLUELOG_PAGE_CACHE_BYTES: int
    BLUELOG_MAIL_TIMEOUT: float
    BLUELOG_SLOW_QUERY_THRESHOLD: float
    BLUELOG_SLOW_REQUEST_THRESHOLD: float
    BLUELOG_BACKUP_KEEP_DAILY: int
    BLUELOG_BACKUP_KEEP_WEEKLY: int
    BLUELOG_BACKUP_KEEP_MONTHLY: int
    BLUELOG_PROXY_COUNT: int
    BLUELOG_FORCE_HTTPS: bool
    BLUELOG_OWN_TLS: bool
    MAIL_SERVER: str | None
    MAIL_PORT: int
    MAIL_USE_TLS: bool
    MAIL_USE_SSL: bool
    MAIL_USERNAME: str | None
    MAIL_PASSWORD: str | None
    MAIL_DEFAULT_SENDER: str

    DEBUG = False
    TESTING = False
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_REFRESH_EACH_REQUEST = False
    PERMANENT_SESSION_LIFETIME = timedelta(days=30)
    MAX_FORM_MEMORY_SIZE = 8 * MIB
    MAX_CONTENT_LENGTH = 9 * MIB  # of a form; a guard of ours allows for pictures
    MAX_FORM_PARTS = 1100  # a thousand rows chosen at once, and what goes with them
    WTF_CSRF_CHECK_DEFAULT = False  # a guard of ours decides which requests need the token
    WTF_CSRF_TIME_LIMIT = None  # bound to the session, which may be as old as an open editor
    BOOTSTRAP_SERVE_LOCAL = True
    CKEDITOR_SERVE_LOCAL = True

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises ConfigurationError."""
        self.errors: dict[str, str] = {}
        self.notices = hints.notices(environ, self.name)
        for setting in SETTINGS:
            self._read(setting, environ)
        self.FLASK_CONFIG = self.name
        self.BLUELOG_OWN_TLS = self.BLUELOG_OWN_TLS or hints.has_certificate(environ)
        self.SQLALCHEMY_ENGINE_OPTIONS = {"hide_parameters": not self.DEBUG}  # they reach the log
        self._place_files()
        self._complete_bucket()
        self._complete_mail()
        self._follow_url()
        self._check_https()
        self._settle_secret_key()
        self.errors |= hints.misspelt(environ)
        if self.errors:
            errors = [f"{name} {text}" for name, text in self.errors.items()]
            raise ConfigurationError(errors, self)

    def _read(self, setting: Setting, environ: Mapping[str, str]) -> None:
        value = self.defaults.get(setting.name, setting.default)
        raw = environ.get(setting.name, "")
        if raw.strip():
            try:
                value = setting.read(raw)
            except ValueError as error:
                self._refuse(setting.name, str(error))
        setattr(self, setting.config_key, value)

    def _refuse(self, name: str, text: str) -> None:
        """Keep one sentence a setting: what follows from the first mistake only confuses."""
        self.errors.setdefault(name, text)

    def _place_files(self) -> None:
        self.BLUELOG_DATA_DIR = self.BLUELOG_DATA_DIR or PROJECT / "data"
        self.BLUELOG_UPLOAD_PATH = self.BLUELOG_UPLOAD_PATH or self.BLUELOG_DATA_DIR / "uploads"
        self.BLUELOG_LOGGING_PATH = self.BLUELOG_LOGGING_PATH or PROJECT / "logs" / "bluelog.log"
        file = f"/{(self.BLUELOG_DATA_DIR / self.database).as_posix()}" if self.database else ""
        self.SQLALCHEMY_DATABASE_URI = self.SQLALCHEMY_DATABASE_URI or f"sqlite://{file}"

    def _complete_bucket(self) -> None:
        given = {name: getattr(self, name) for name in s3.NAMES}
        if not self.errors.keys() & given.keys():
            self.errors |= s3.missing(given)
        self.S3_REGION = self.S3_REGION or s3.USUAL_REGION

    def _complete_mail(self) -> None:
        if self.MAIL_USE_TLS and self.MAIL_USE_SSL:
            self._refuse("MAIL_USE_TLS", "and MAIL_USE_SSL are both on: choose one of them.")
        self.MAIL_PORT, self.MAIL_USE_TLS, self.MAIL_USE_SSL = mail.transport(
            port=self.MAIL_PORT,
            use_tls=self.MAIL_USE_TLS,
            use_ssl=self.MAIL_USE_SSL,
            has_password=bool(self.MAIL_PASSWORD),
        )
        self.MAIL_DEFAULT_SENDER = self.MAIL_DEFAULT_SENDER or f"Bluelog <{self._mail_account()}>"

    def _mail_account(self) -> str:
        """The account's name need not be an address; an operator's is the next best."""
        if self.MAIL_USERNAME and is_address(self.MAIL_USERNAME):
            return self.MAIL_USERNAME
        return next(iter(self.BLUELOG_EMAIL), "bluelog@localhost")

    def _follow_url(self) -> None:
        """Take hosts and cookies from the public address.

        Any host is answered where there is none, and in development, where `localhost` and
        a phone's way to this machine are the same blog.
        """
        parts = urlsplit(self.BLUELOG_URL or "")
        self.SERVER_NAME = parts.netloc or None
        self.PREFERRED_URL_SCHEME = parts.scheme or "http"
        is_strict = parts.netloc and not self.DEBUG
        self.BLUELOG_ALLOWED_HOSTS = frozenset([parts.netloc] if is_strict else [])
        self.SESSION_COOKIE_SECURE = self.PREFERRED_URL_SCHEME == "https"
        prefix = "__Host-" if self.SESSION_COOKIE_SECURE else ""
        self.SESSION_COOKIE_NAME = f"{prefix}bluelog_session"

    def _check_https(self) -> None:
        """Refuse what would redirect a reader to the page being asked for, for ever."""
        if not self.BLUELOG_FORCE_HTTPS or self.errors.keys() & {
            "BLUELOG_PROXY_COUNT",
            "BLUELOG_OWN_TLS",
        }:
            return
        if (self.BLUELOG_URL or "").startswith("http:"):
            self._refuse(
                "BLUELOG_FORCE_HTTPS",
                "is on while BLUELOG_URL begins with http://. Give the https:// address, "
                "or set BLUELOG_FORCE_HTTPS=off to serve plain HTTP.",
            )
        elif not (self.BLUELOG_PROXY_COUNT or self.BLUELOG_OWN_TLS):
            self._refuse(
                "BLUELOG_FORCE_HTTPS",
                "is on, but nothing is known that speaks HTTPS, so every page would redirect to "
                "itself. Set BLUELOG_PROXY_COUNT=1 behind one proxy such as nginx, "
                "BLUELOG_OWN_TLS=on where gunicorn has a certificate, or BLUELOG_FORCE_HTTPS=off.",
            )

    def _settle_secret_key(self) -> None:
        raise NotImplementedError


class DevelopmentConfig(BaseConfig):
    name = "development"
    database = "data-dev.db"
    defaults: ClassVar[Mapping[str, object]] = {"BLUELOG_LOGGING_PATH": STREAM}

    DEBUG = True

    def _settle_secret_key(self) -> None:
        if self.SECRET_KEY or self.errors:
            return
        try:
            self.SECRET_KEY = secret_key.kept_in(self.BLUELOG_DATA_DIR)
        except ValueError as error:
            self._refuse("SECRET_KEY", str(error))
        except OSError as error:
            self._refuse("BLUELOG_DATA_DIR", f"cannot be written to: {error}.")


class TestingConfig(BaseConfig):
    """A database in memory, and no file of the real blog touched."""

    __test__ = False  # pytest takes the name for a test's
    name = "testing"
    database = None
    defaults: ClassVar[Mapping[str, object]] = {
        "BLUELOG_DATA_DIR": PROJECT / "data" / "testing",
        "BLUELOG_LOGGING_PATH": STREAM,
    }

    TESTING = True

    def _settle_secret_key(self) -> None:
        self.SECRET_KEY = self.SECRET_KEY or secrets.token_hex(32)


class ProductionConfig(BaseConfig):
    """Nothing is guessed that a stranger could guess too."""

    name = "production"
    database = "bluelog.db"
    defaults: ClassVar[Mapping[str, object]] = {"BLUELOG_FORCE_HTTPS": True}

    def _follow_url(self) -> None:
        if not self.BLUELOG_URL:
            self._refuse(
                "BLUELOG_URL",
                "is not set. Give the address of the blog, such as https://blog.example.com.",
            )
        super()._follow_url()

    def _complete_mail(self) -> None:
        if self.MAIL_SERVER and not self.BLUELOG_EMAIL:
            self._refuse(
                "BLUELOG_EMAIL",
                "is not set. Give the address that receives error mail, or remove MAIL_SERVER.",
            )
        super()._complete_mail()

    def _settle_secret_key(self) -> None:
        if wrong := secret_key.weakness(self.SECRET_KEY):
            self._refuse("SECRET_KEY", wrong)


CONFIGS: dict[str, type[BaseConfig]] = {
    config.name: config for config in (DevelopmentConfig, TestingConfig, ProductionConfig)
}


def load(name: str | None = None, environ: Mapping[str, str] | None = None) -> BaseConfig:
    """Read the settings of `name`, else of FLASK_CONFIG, else of development.

    Raises ConfigurationError.
    """
    environ = os.environ if environ is None else environ
    chosen = (name or environ.get("FLASK_CONFIG", "")).strip().lower() or "development"
    if chosen not in CONFIGS:
        raise ConfigurationError(
            [f"FLASK_CONFIG must be one of {', '.join(CONFIGS)}, not {chosen!r}."]
        )
    return CONFIGS[chosen](environ)
