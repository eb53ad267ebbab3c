"""`flask search`: the index that search goes by."""

import click
from flask.cli import with_appcontext

from bluelog.cli.progress import bar
from bluelog.cli.target import say_target
from bluelog.operations.reindexing import reindex


@click.group("search")
def search_group() -> None:
    """Look after the search index."""


@search_group.command("reindex")
@with_appcontext
def reindex_command() -> None:
    """Make the search index anew from all posts.

    It is kept by itself; this is for when `flask doctor` finds it incomplete. The blog may go on
    meanwhile, and this may be broken off and run again.
    """
    say_target()
    done = reindex(bar)
    click.echo(f"{done.written} posts indexed, {done.dropped} removed that are gone.")
