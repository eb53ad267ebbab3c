"""A blog that does not start: the doctor still comes, every other command is told why."""

from typing import Any, NoReturn

import click
from flask import Flask
from flask.cli import AppGroup, FlaskGroup

from bluelog.cli.doctor import doctor
from bluelog.extensions import babel, db, mail
from bluelog.operations.doctor import Patient, admit
from bluelog.operations.doctor.patient import reason
from bluelog.settings import BaseConfig, ConfigurationError


class OnlyDoctor(AppGroup):
    """The one command of the blog that was refused for `error`, whatever extensions add."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_command(self, _context: click.Context, name: str) -> click.Command:
        return doctor if name == doctor.name else complain(self.error)

    def list_commands(self, _context: click.Context) -> list[str]:
        click.secho(f"{self.error}\n", err=True, fg="red")
        return [str(doctor.name)]


def stand_in(error: Exception, chosen: BaseConfig | None) -> Flask:
    """An app for the doctor alone, where `flask` looks for a command; else raises `error`.

    It has neither log nor queue nor any address, and makes no file.
    """
    context = click.get_current_context(silent=True)
    if context is None or not isinstance(context.command, FlaskGroup):
        complain(error)
    app = Flask("bluelog", static_folder=None)
    app.cli = OnlyDoctor(error)
    babel.init_app(app)
    if chosen:
        app.config.from_object(chosen)
        db.init_app(app)
        mail.init_app(app)
    with app.app_context():
        admit(app, _patient(error, chosen))
    return app


def _patient(error: Exception, chosen: BaseConfig | None) -> Patient:
    if chosen is None:
        return Patient(errors={"FLASK_CONFIG": _without_name(error)})
    trouble = "" if isinstance(error, ConfigurationError) else reason(error)
    return Patient(chosen.errors, chosen.notices, trouble)


def _without_name(error: Any) -> str:
    return str(error.errors[0]).removeprefix("FLASK_CONFIG ")


def complain(error: Exception) -> NoReturn:
    """Raise the error; for a command without a traceback around what its settings lack."""
    if isinstance(error, ConfigurationError) and click.get_current_context(silent=True):
        raise click.ClickException(str(error)) from error
    raise error
