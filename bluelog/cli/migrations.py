"""`flask db`: the commands of Flask-Migrate, loaded with Alembic when they are asked for."""

import click
from flask.cli import ScriptInfo

from bluelog.extensions import init_migrations

# Every word is handed on, `--help` too.
_UNREAD = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


@click.command("db", context_settings=_UNREAD, add_help_option=False)
@click.pass_context
def migrations(context: click.Context) -> None:
    """Perform database migrations."""
    from flask_migrate.cli import db

    init_migrations(context.ensure_object(ScriptInfo).load_app())
    with db.make_context("db", context.args, parent=context.parent) as inner:
        db.invoke(inner)
