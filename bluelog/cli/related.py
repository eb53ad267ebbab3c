"""`flask related`: what is shown under posts as related."""

import click
from flask.cli import with_appcontext

from bluelog.cli.progress import bar
from bluelog.cli.target import say_target
from bluelog.clock import now
from bluelog.operations.relating import relate_all


@click.command("related")
@with_appcontext
def related_command() -> None:
    """Find out anew which posts are related.

    The worker does so by itself whenever a post changes; this is for those who have no patience
    after an import. The blog may go on meanwhile, and this may be broken off and run again.
    """
    say_target()
    done = relate_all(bar, now())
    click.echo(f"{done} posts looked at.")
