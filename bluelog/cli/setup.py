"""Setting up: `flask init`, `flask initdb`, `flask secret`."""

import secrets

import click
from flask_migrate import upgrade
from sqlalchemy import MetaData

from bluelog.cli.target import say_target
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.i18n import LANGUAGES
from bluelog.queries.people import administrator_exists
from bluelog.services import people, setting_up


@click.command()
@click.option("--username", prompt=True, help="The administrator's name to sign in with.")
@click.password_option(help="The administrator's password.")
@click.option("--email", default="", help="Where mail for the administrator goes.")
@click.option("--title", default="Bluelog", show_default=True, help="The blog's title.")
@click.option("--description", default="", help="One line about the blog.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True)
@click.option("--time-zone", default="UTC", show_default=True, help="Such as Asia/Shanghai.")
def init(  # noqa: PLR0917 - click passes every option
    username: str,
    password: str,
    email: str,
    title: str,
    description: str,
    language: str,
    time_zone: str,
) -> None:
    """Make the administrator and the blog; run again, set that administrator's password."""
    say_target()
    try:
        if administrator_exists():
            people.set_password_by_operator(username, password, at=now())
            click.echo(f"The password of {username} is changed; its sessions are ended.")
            return
        blog = setting_up.Blog(title, description, language, time_zone)
        owner = setting_up.Owner(username, password, email=email)
        setting_up.set_up(owner, blog, at=now())
    except RuleBroken as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{title} is set up. Sign in as {username}.")


@click.command()
@click.option("--drop", is_flag=True, help="Drop every table first.")
def initdb(*, drop: bool) -> None:
    """Bring the database to the newest version; the same as `flask db upgrade`."""
    say_target()
    if drop:
        click.confirm("Every post, comment and account will be gone. Go on?", abort=True)
        _drop_everything()
    upgrade()
    click.echo("The database is up to date.")


@click.command()
def secret() -> None:
    """Print a random key for SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


def _drop_everything() -> None:
    with db.engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        tables.drop_all(connection)
