"""Runs migrations, each in one real transaction of its own."""

import logging
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from bluelog.models.base import UTCDateTime

log = logging.getLogger("alembic.env")
database = current_app.extensions["migrate"].db


def is_ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Full-text tables are made by hand for each database: autogenerate must leave them alone."""
    return not (kind == "table" and (name or "").startswith("post_search"))


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """A migration speaks of the database's types alone: our own may change under it."""
    is_time = kind == "type" and isinstance(item, UTCDateTime)
    return "sa.DateTime(timezone=True)" if is_time else False


def drop_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if (
        getattr(context.config.cmd_opts, "autogenerate", False)
        and directives[0].upgrade_ops.is_empty()
    ):
        directives.clear()
        log.info("The models and the database agree: nothing to do.")


def migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # A table rebuild with foreign keys on would empty the tables that point at it, and the
        # pragma does nothing inside a transaction.
        connection.rollback()
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        connection = connection.execution_options(bluelog_writes=True)
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        include_object=is_ours,
        render_item=render_item,
        process_revision_directives=drop_empty,
        transaction_per_migration=True,
        transactional_ddl=True,
        on_version_apply=check_foreign_keys if sqlite else None,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        connection.rollback()
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def check_foreign_keys(ctx: Any, **_: Any) -> None:
    """Refuse a migration, still in its transaction, that leaves rows pointing nowhere."""
    broken = ctx.connection.execute(text("PRAGMA foreign_key_check")).fetchall()
    if broken:
        raise RuntimeError(f"The migration left rows that point nowhere: {broken[:5]}")


def run_online() -> None:
    with database.engine.connect() as connection:
        migrate(connection)


def run_offline() -> None:
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    context.configure(url=url, target_metadata=database.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
