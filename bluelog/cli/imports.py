"""`flask import`: what another blog held."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect

from bluelog.cli.progress import bar
from bluelog.cli.target import say_target
from bluelog.clock import now
from bluelog.errors import BluelogError
from bluelog.extensions import db
from bluelog.i18n import force_locale
from bluelog.models import ImportedItem
from bluelog.operations.importing import ledger, preferences
from bluelog.operations.importing.bluelog_import import Wishes, import_bluelog
from bluelog.operations.importing.source import Source, opened
from bluelog.settings.readers import is_address
from bluelog.storage import StorageAway


@click.group("import")
def import_group() -> None:
    """Bring in what another blog held."""


@import_group.command()
@click.argument("database_url")
@click.option("--email", help="The e-mail address of the administrator who comes in.")
@click.option(
    "--uploads",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the pictures in the posts.",
)
@click.option("--dry-run", is_flag=True, help="Do it all and take it back, for the report.")
@click.option("--yes", is_flag=True, help="Take custom code over without asking.")
@with_appcontext
def bluelog(
    database_url: str, email: str | None, uploads: Path | None, *, dry_run: bool, yes: bool
) -> None:
    """Import a database of the original Bluelog or of its second edition.

    DATABASE_URL is the path of a SQLite file, or a sqlite:/// or postgresql:// URL. It is only
    read. What came in before is known again, so running this twice adds nothing.
    """
    say_target()
    if email and not is_address(email):
        raise click.BadParameter("This is no e-mail address.", param_hint="--email")
    if not inspect(db.engine).has_table(ImportedItem.__tablename__):
        raise click.ClickException(
            "The database has no tables yet. Make them with: flask db upgrade"
        )
    # Refusals are worded for a visitor's language, and there is no visitor here.
    with force_locale("en"):
        try:
            with opened(database_url) as source:
                click.echo(f"Source:        {source.edition_name}, “{source.admin.blog_title}”")
                with_code = _wants_code(source, ask=not (yes or dry_run))
                wishes = _wishes(email, uploads, with_code=with_code, dry_run=dry_run)
                report = import_bluelog(source, wishes, at=now(), progress=bar)
        except (BluelogError, StorageAway) as refusal:
            raise click.ClickException(f"{refusal} Nothing was imported.") from refusal
    click.echo("\n".join(["", *report.lines()]))
    if dry_run:
        click.echo("\nThis was a rehearsal: nothing was written.")


def _wishes(email: str | None, uploads: Path | None, *, with_code: bool, dry_run: bool) -> Wishes:
    return Wishes(
        email=email,
        uploads=uploads,
        with_code=with_code,
        dry_run=dry_run,
        max_upload_bytes=current_app.config["BLUELOG_MAX_UPLOAD_BYTES"],
        language=current_app.config["BLUELOG_DEFAULT_LANGUAGE"],
    )


def _wants_code(source: Source, *, ask: bool) -> bool:
    """Show the code that every page would carry from now on, if there is any, and ask."""
    code = preferences.custom_code(source)
    if not code or not preferences.takes_settings(source, ledger.read(source)):
        return True
    for kind, text in code.items():
        click.echo(f"\nCustom {kind} of the other blog:\n{text.strip()}\n")
    question = "Take this over? Every page of this blog would carry it."
    return click.confirm(question) if ask else True
