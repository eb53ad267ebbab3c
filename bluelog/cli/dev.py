"""`flask dev`: what `make run` starts."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import click
from flask import current_app
from sqlalchemy import select

from bluelog.cli.forge import report
from bluelog.cli.target import say_target
from bluelog.clock import now
from bluelog.extensions import db, upgrade_tables
from bluelog.models import User
from bluelog.operations.demo.forge import forge_demo

GRACE_SECONDS = 10


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
def dev(host: str, port: int) -> None:
    """Migrate, fill an empty database with demo content, start web server and worker together."""
    say_target()
    upgrade_tables(current_app)
    if db.session.scalar(select(User.id).limit(1)) is None:
        click.echo("The database is empty: making demo content ...")
        report(forge_demo(now()))
    db.session.remove()
    db.engine.dispose()
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    os.environ.setdefault("BLUELOG_URL", f"http://{shown}:{port}")
    click.echo(f"\nBluelog is at http://{shown}:{port} - Ctrl-C stops it.\n")
    serve = ["run", "--debug", "--host", host, "--port", str(port)]
    sys.exit(_run_together([serve, ["worker"]]))


def _run_together(commands: Sequence[list[str]]) -> int:
    """Run `flask` commands until one ends or Ctrl-C; then end the others."""
    signal.signal(signal.SIGTERM, _interrupt)
    running = [subprocess.Popen([sys.executable, "-m", "flask", *words]) for words in commands]  # noqa: S603
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    for process in running:
        process.terminate()
    return max(_ended(process) for process in running)


def _ended(process: "subprocess.Popen[bytes]") -> int:
    try:
        code = process.wait(GRACE_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        code = process.wait()
    return max(code, 0)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt
