"""Which blog a command is about to change."""

import io
import sys
from urllib.parse import unquote

import click
from flask import current_app
from sqlalchemy import make_url


def say_target() -> None:
    """Print the configuration and the database, the password hidden."""
    _print_every_letter()
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).render_as_string()
    click.echo(f"Configuration: {current_app.config['FLASK_CONFIG']}")
    click.echo(f"Database:      {unquote(url)}")  # a folder's name may be Chinese


def _print_every_letter() -> None:
    """Where output goes to a file on Windows, a title in Chinese would end the command halfway."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
