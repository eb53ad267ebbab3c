"""`flask worker`: what need not be done while a reader waits."""

import signal
from threading import Event

import click
from flask import current_app
from flask.cli import ScriptInfo, pass_script_info

from bluelog.cli.target import say_target
from bluelog.jobs import work

_ENDINGS = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last one is Windows' Ctrl-Break


@click.command("worker")
@pass_script_info
def worker(info: ScriptInfo) -> None:
    """Send mail, publish what is scheduled, clear out; until Ctrl-C."""
    app = info.load_app()
    stop = Event()
    for name in _ENDINGS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    with app.app_context():
        say_target()
        click.echo(f"Mail:          {_way_of_mail()}")
    work(app, stop)
    click.echo("The worker has stopped.")


def _way_of_mail() -> str:
    server, port = current_app.config["MAIL_SERVER"], current_app.config["MAIL_PORT"]
    return f"{server}:{port}" if server else "none is sent, for MAIL_SERVER is not set"
