"""Which blog a command is about to change."""

import click
from flask import current_app
from sqlalchemy import make_url


def say_target() -> None:
    """Print the configuration and the database, the password hidden."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    click.echo(f"Configuration: {current_app.config['FLASK_CONFIG']}")
    click.echo(f"Database:      {url.render_as_string(hide_password=True)}")
