"""Every extension, created bare; `create_app()` gives them their app."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_ckeditor import CKEditor
from flask_login import LoginManager
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase

from bluelog.outage import Outage
from bluelog.writers import PATIENCE_MS, door

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 3.0  # longer than the second for which huey listens at a time

# Marks a statement that only keeps figures in step with a change which is noted by itself.
DERIVED = "bluelog_derived"
MIGRATIONS = Path(__file__).parent.parent / "migrations"

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What models derive from; `db.Model` would do too, but says nothing to a type checker."""

    metadata = MetaData(naming_convention=NAMES)


class Queue:
    """The worker's doorbell. The truth about what is due is in the tables, never in here."""

    def __init__(self) -> None:
        self.work: Callable[[], object] = lambda: None
        self.outage = Outage()
        self._forge: Callable[[], Any] = _memory_bell
        self._bell: Any = None

    @property
    def huey(self) -> Any:
        """The bell itself, made when it is first asked for."""
        if self._bell is None:
            self._attach(self._forge())
        return self._bell

    def init_app(self, app: Flask) -> None:
        if app.testing:
            return
        if app.config["REDIS_URL"]:
            self.ring_on_redis(app.config["REDIS_URL"])
            return
        folder = app.config["BLUELOG_DATA_DIR"]
        folder.mkdir(parents=True, exist_ok=True)
        self._use(lambda: _file_bell(folder))

    def ring_on_redis(self, url: str) -> None:
        """Ring on that server from now on."""
        self._use(lambda: _redis_bell(url))

    def ring(self) -> None:
        """Tell a waiting worker that something is due; a failure is logged, never raised."""
        if not self.outage.lets_ask():
            return
        try:
            self.huey.enqueue(self._due.s())
        except Exception as error:  # noqa: BLE001  (whatever it is, the worker looks by itself)
            if self.outage.failed():
                log.warning("The worker cannot be woken; it finds due work by itself: %s", error)
        else:
            self.outage.answered()

    def forget_rings(self) -> None:
        """Drop the rings from when nobody listened."""
        try:
            self.huey.flush()
        except Exception as error:  # noqa: BLE001  (an old ring does no harm)
            log.warning("Old rings for the worker could not be dropped: %s", error)

    def _use(self, forge: Callable[[], Any]) -> None:
        self._forge, self._bell = forge, None

    def _attach(self, huey: Any) -> None:
        self._due = huey.task(name="due")(self._run)
        self._bell = huey

    def _run(self) -> None:
        self.work()


# Huey loads every driver that is installed, which a process that only reads has no use for.
def _memory_bell() -> Any:
    from bluelog import bells

    return bells.in_memory()


def _file_bell(folder: Path) -> Any:
    from bluelog import bells

    return bells.in_file(folder)


def _redis_bell(url: str) -> Any:
    from bluelog import bells

    return bells.on_redis(redis_connections(url, patience_seconds=_PATIENCE_SECONDS))


def redis_connections(url: str, *, patience_seconds: float) -> Any:
    """Connections to a Redis server that give up early: whoever waits has another way."""
    from redis import ConnectionPool
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return ConnectionPool.from_url(
        url,
        socket_connect_timeout=1.0,
        socket_timeout=patience_seconds,
        retry=Retry(NoBackoff(), 1),  # a connection from before a restart
    )


class SessionLogin(LoginManager):  # type: ignore[misc]
    """Without the remember-me cookie: sessions are rows, and how long one lasts stands there."""

    def _update_remember_cookie(self, response: Response) -> Response:
        """Leave the session alone, or pictures and assets would vary by cookie."""
        return response


class VendoredCKEditor(CKEditor):  # type: ignore[misc]
    """Without the copy that the extension bundles, which is old and open to known attacks.

    Ours lies among the static files.
    """

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.view_functions["ckeditor.static"] = lambda filename: abort(404, filename)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
login = SessionLogin()
mail = Mail()
babel = Babel()
bootstrap = Bootstrap5()
ckeditor = VendoredCKEditor()
queue = Queue()


def wake() -> None:
    """Wake the worker, if one is there to wake."""
    queue.ring()


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own transaction handling would begin too late for a consistent snapshot.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={PATIENCE_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "connect")
def _set_up_postgres(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        return
    connection.autocommit = True  # or the setting would end with the first rollback
    connection.execute(f"SET lock_timeout = {PATIENCE_MS}")
    connection.autocommit = False


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    # A deferred transaction that turns writer midway fails at once, whatever busy_timeout says.
    if connection.get_execution_options().get("bluelog_writes", False):
        door.enter(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def turn_to_write() -> AbstractContextManager[None]:
    """The turn of one who writes; only SQLite has them write one after another."""
    return door.turn() if db.engine.dialect.name == "sqlite" else nullcontext()


def init_app(app: Flask) -> None:
    """Give every extension its app."""
    db.init_app(app)
    login.init_app(app)
    mail.init_app(app)
    bootstrap.init_app(app)
    ckeditor.init_app(app)
    queue.init_app(app)


def init_migrations(app: Flask) -> None:
    """Let the app's tables be migrated. It loads Alembic, so only who migrates does this."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)


def upgrade_tables(app: Flask) -> None:
    """Bring the database to the newest version, in an app context."""
    from flask_migrate import upgrade

    init_migrations(app)
    upgrade()
