"""`flask uploads`: the pictures as files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import with_appcontext

from bluelog import storage
from bluelog.cli.target import say_target
from bluelog.operations.copying import Outcome, Report, copy_pictures
from bluelog.storage import Storage, StorageAway

_FAILURES_SHOWN = 20


@click.group("uploads")
def uploads_group() -> None:
    """Look after the files of uploaded pictures."""


@uploads_group.command()
@click.option(
    "--to",
    "place",
    type=click.Choice(["bucket", "folder"]),
    required=True,
    help="The bucket of S3_BUCKET, or the folder of BLUELOG_UPLOAD_PATH.",
)
@with_appcontext
def copy(place: str) -> None:
    """Copy all pictures from the folder to the bucket, or back.

    Each is read again and compared. Nothing is deleted, and what is there already is not sent
    again, so this may be broken off, and run once more for what came in meanwhile.
    """
    say_target()
    source, target = _ends(place)
    click.echo(f"From:          {source}\nTo:            {target}")
    try:
        report = copy_pictures(source, target, _bar)
    except StorageAway as error:
        raise click.ClickException(f"{error}. Nothing was copied.") from error
    _say(report)


def _ends(place: str) -> tuple[Storage, Storage]:
    folder, bucket = storage.in_folder(current_app.config), storage.in_bucket(current_app.config)
    if bucket is None:
        raise click.ClickException(
            "No bucket is named. Set S3_BUCKET and what belongs to it; .env.example lists them."
        )
    return (folder, bucket) if place == "bucket" else (bucket, folder)


def _say(report: Report) -> None:
    click.echo(", ".join(f"{report.counts[outcome]} {outcome}" for outcome in Outcome) + ".")
    for failure in report.failures[:_FAILURES_SHOWN]:
        click.echo(f"- {failure}")
    if report.failures:
        raise click.ClickException("Not all is copied. Run this again when the cause is mended.")


@contextmanager
def _bar(label: str, length: int) -> Iterator[Callable[[int], object]]:
    with click.progressbar(length=length, label=f"{label:<14}") as bar:
        yield bar.update
