"""Setting up: `flask init`, `flask initdb`, `flask secret`."""

import secrets
import sys

import click
from flask import current_app
from sqlalchemy import MetaData, text

from bluelog.cli.target import say_target
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.extensions import db, upgrade_tables
from bluelog.i18n import LANGUAGES
from bluelog.queries.people import administrator_exists
from bluelog.services import people, setting_up


@click.command()
@click.option("--username", prompt=True, help="The administrator's name to sign in with.")
@click.password_option(help="The administrator's password.")
@click.option("--name", default="", help="The administrator's name as readers see it.")
@click.option("--email", help="Where mail about comments goes.")
@click.option("--title", help="The blog's title.")
@click.option("--description", default="", help="One line about the blog.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="The blog's language.")
@click.option("--time-zone", help="Such as Asia/Shanghai.")
def init(  # noqa: PLR0917 - click passes every option
    username: str,
    password: str,
    name: str,
    email: str | None,
    title: str | None,
    description: str,
    language: str | None,
    time_zone: str | None,
) -> None:
    """Make the administrator and the blog; run again, set that administrator's password.

    What is not given is asked for in a terminal, and has a default elsewhere.
    """
    say_target()
    try:
        if administrator_exists():
            people.set_password_by_operator(username, password, at=now())
            click.echo(f"The password of {username} is changed; its sessions are ended.")
            return
        operators = current_app.config["BLUELOG_EMAIL"]
        owner = setting_up.Owner(
            username,
            password,
            name=name,
            email=_asked(email, "E-mail", operators[0] if operators else ""),
        )
        blog = setting_up.Blog(
            _asked(title, "Blog title", "Bluelog"),
            description,
            _asked(language, "Language", current_app.config["BLUELOG_DEFAULT_LANGUAGE"]),
            _asked(time_zone, "Time zone", "UTC"),
        )
        setting_up.set_up(owner, blog, at=now())
    except RuleBroken as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{blog.title} is set up. Sign in as {username}.")


def _asked(given: str | None, question: str, default: str) -> str:
    if given is not None or not sys.stdin.isatty():
        return default if given is None else given
    return str(click.prompt(question, default=default))


@click.command()
@click.option("--drop", is_flag=True, help="Drop every table first.")
def initdb(*, drop: bool) -> None:
    """Bring the database to the newest version; the same as `flask db upgrade`."""
    say_target()
    if drop:
        click.confirm("Every post, comment and account will be gone. Go on?", abort=True)
        _drop_everything()
    upgrade_tables(current_app)
    click.echo("The database is up to date.")


@click.command()
def secret() -> None:
    """Print a random key for SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


def _drop_everything() -> None:
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # What it keeps its rows in goes with it, and by no other way.
            connection.execute(text("DROP TABLE IF EXISTS post_search"))
        tables = MetaData()
        tables.reflect(connection)
        tables.drop_all(connection)
