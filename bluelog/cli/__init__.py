"""Operators' commands: thin callers of services and operations."""

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

from bluelog.cli import shell

# The module here, and what it calls the command.
COMMANDS = {
    "backup": ("backups", "backup"),
    "copy-backups": ("backups", "copy_backups"),
    "restore": ("backups", "restore_command"),
    "dev": ("dev", "dev"),
    "doctor": ("doctor", "doctor"),
    "documents": ("documents", "documents"),
    "forge": ("forge", "forge"),
    "import": ("imports", "import_group"),
    "db": ("migrations", "migrations"),
    "related": ("related", "related_command"),
    "search": ("search", "search_group"),
    "init": ("setup", "init"),
    "initdb": ("setup", "initdb"),
    "secret": ("setup", "secret"),
    "translations": ("translations", "translations"),
    "uploads": ("uploads", "uploads_group"),
    "worker": ("worker", "worker"),
}


class Commands(AppGroup):
    """The blog's commands beside those of extensions.

    Each is loaded when it is asked for: a web server runs none, and the worker one.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*super().list_commands(context), *COMMANDS})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return super().get_command(context, name)
        module, attribute = COMMANDS[name]
        command: click.Command = getattr(import_module(f"bluelog.cli.{module}"), attribute)
        return command


def init_app(app: Flask) -> None:
    """Hang every command on `flask`."""
    app.cli = Commands(app.cli.name, commands=app.cli.commands)
    app.shell_context_processor(shell.at_hand)
