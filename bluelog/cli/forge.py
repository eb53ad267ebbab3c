"""`flask forge`: content for a blog that has none."""

import click
from flask import current_app

from bluelog.cli.target import say_target
from bluelog.clock import now
from bluelog.operations.demo.forge import Forged, forge_demo


@click.command()
@click.option("--category", default=10, show_default=True, help="How many categories to invent.")
@click.option("--post", default=50, show_default=True, help="How many posts.")
@click.option("--comment", default=500, show_default=True, help="How many comments.")
@click.option("--reply", default=50, show_default=True, help="How many replies.")
@click.option("--yes", is_flag=True, help="Write to a production database too.")
def forge(category: int, post: int, comment: int, reply: int, *, yes: bool) -> None:
    """Add the demo's essays, people and conversations, and invented content in bulk."""
    from bluelog.operations.demo.bulk import Wanted, forge_bulk  # Faker takes a second to load.

    say_target()
    if current_app.config["FLASK_CONFIG"] == "production" and not yes:
        raise click.ClickException("This is the production database. Add --yes if you mean it.")
    report(forge_demo(now()))
    wanted = Wanted(category, post, comment, reply)
    total = category + post + comment + reply
    with click.progressbar(length=total, label="Inventing") as bar:
        forge_bulk(wanted, now(), bar.update)


def report(forged: Forged) -> None:
    """Say what was made, and the passwords, which are kept nowhere else."""
    made = ", ".join(f"{count} {what}" for what, count in forged.counts.items())
    click.echo(f"Added {made}.")
    if forged.accounts:
        click.echo("\nDemo accounts (written down nowhere else):")
    for account in forged.accounts:
        click.echo(f"  {account.username:<8}{account.password:<22}{account.role}")
