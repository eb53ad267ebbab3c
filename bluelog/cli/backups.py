"""`flask backup` and `flask restore`: one archive of everything, and the way back."""

import os
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from bluelog.cli.progress import bar
from bluelog.cli.target import say_target
from bluelog.clock import now
from bluelog.extensions import db, upgrade_tables
from bluelog.operations.backup.away import copy_away
from bluelog.operations.backup.blog import Blog, backup_folder, rotation_of, this_blog
from bluelog.operations.backup.layout import BackupError, Busy
from bluelog.operations.backup.lock import alone
from bluelog.operations.backup.making import stage_in
from bluelog.operations.backup.record import Outcome
from bluelog.operations.backup.restoring import Checked, Restored, check, expect_quiet, restore
from bluelog.operations.backup.rotation import Keep
from bluelog.operations.backup.running import Wishes, back_up, refuse
from bluelog.operations.migrations import newest
from bluelog.operations.progress import Progress, silently
from bluelog.queries.operations import worker_is_missing
from bluelog.reactions.revisions import outdate
from bluelog.storage import StorageAway

_COUNT = click.IntRange(0, 1000)
_PATIENCE = timedelta(minutes=30)


@click.command("backup")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the archive goes, instead of backups in the data folder.",
)
@click.option("--keep-daily", type=_COUNT, help="Days that keep their newest archive.")
@click.option("--keep-weekly", type=_COUNT, help="Weeks that keep theirs.")
@click.option("--keep-monthly", type=_COUNT, help="Months that keep theirs.")
@click.option("--database-only", is_flag=True, help="Leave the uploads out.")
@click.option("--quiet", is_flag=True, help="Say nothing unless something is wrong.")
@with_appcontext
def backup(
    folder: Path | None,
    keep_daily: int | None,
    keep_weekly: int | None,
    keep_monthly: int | None,
    *,
    database_only: bool,
    quiet: bool,
) -> None:
    """Keep database, uploads and settings in one archive, and prove it by restoring it.

    The blog goes on meanwhile. Ends with 0 only when the archive is made and proven.
    """
    if not quiet:
        say_target()
    config = current_app.config
    _expect_owner(config["BLUELOG_DATA_DIR"])
    records = backup_folder(config)
    wishes = Wishes(
        folder=(folder or records).absolute(),
        records=records,
        keep=_keep(rotation_of(config), keep_daily, keep_weekly, keep_monthly),
        has_uploads=not database_only,
    )
    outcome, dropped = _back_up(wishes, silently if quiet else bar)
    if outcome.archive and not quiet:
        click.echo(f"Archive:       {outcome.archive} ({_size(outcome.bytes)})")
        click.echo(f"Dropped:       {len(dropped)} older, as the rotation says")
    if not outcome.is_proven:
        raise click.ClickException(f"The backup is not proven. {outcome.error}")
    if not quiet:
        click.echo("It was restored into scratch, and every table and file is as it was.")


def _back_up(wishes: Wishes, progress: Progress) -> tuple[Outcome, list[Path]]:
    """Raises ClickException where it cannot be begun."""
    at = now()
    try:
        blog = this_blog(current_app.config)
    except BackupError as error:
        refuse(wishes.records, error, at=at)
        raise click.ClickException(str(error)) from error
    try:
        return back_up(blog, wishes, at=at, progress=progress)
    except Busy as error:
        raise click.ClickException(str(error)) from error


def _expect_owner(folder: Path) -> None:
    """Stop root, whose files the blog's own account could not open afterwards."""
    if not hasattr(os, "geteuid") or os.geteuid() or not folder.exists():
        return
    if number := folder.stat().st_uid:
        try:
            account = folder.owner()
        except KeyError:  # an account of another machine's
            account = f"'#{number}'"
        raise click.ClickException(
            f"{folder} belongs to {account}. Run this as {account}: sudo -u {account} flask ..."
        )


def _keep(usual: Keep, daily: int | None, weekly: int | None, monthly: int | None) -> Keep:
    return Keep(
        usual.daily if daily is None else daily,
        usual.weekly if weekly is None else weekly,
        usual.monthly if monthly is None else monthly,
    )


@click.command("copy-backups")
@click.argument("destination")
@with_appcontext
def copy_backups(destination: str) -> None:
    """Copy the archives to another machine or disk with rsync: USER@MACHINE:FOLDER, or a folder.

    Where that fails, whoever is told of a bad backup is told.
    """
    records = backup_folder(current_app.config)
    _expect_owner(current_app.config["BLUELOG_DATA_DIR"])
    try:
        copy_away(records, destination, at=now())
    except BackupError as error:
        raise click.ClickException(str(error)) from error


@click.command("restore")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Ask nothing, not even whether the blog is running.")
@click.option(
    "--as-it-was",
    is_flag=True,
    help="Keep sessions, links and waiting mail; for going back at once. Waits for a backup's end.",
)
@with_appcontext
def restore_command(archive: Path, *, yes: bool, as_it_was: bool) -> None:
    """Put an archive of `flask backup` in the place of what is there.

    The archive is verified from end to end before anything is touched, and the present database is
    kept as an archive of its own.
    """
    say_target()
    _expect_owner(current_app.config["BLUELOG_DATA_DIR"])
    folder = backup_folder(current_app.config)
    try:
        blog = this_blog(current_app.config)
        # Going back at once does not fail because the nightly backup has just begun.
        patience = _PATIENCE if as_it_was else timedelta(0)
        with alone(folder, patience=patience), stage_in(folder) as stage:
            checked = check(blog, archive, stage, bar)
            _tell(checked)
            if not yes:
                _ask(blog)
            _let_go()
            done = restore(
                blog, checked, folder, stage, at=now(), as_it_was=as_it_was, progress=bar
            )
    except (BackupError, OSError, StorageAway) as error:
        raise click.ClickException(f"{str(error).rstrip('.')}. Nothing was restored.") from error
    _tell_done(done)
    _migrate(checked)


def _tell(checked: Checked) -> None:
    header, manifest = checked.unpacked.header, checked.unpacked.manifest
    rows = sum(table.count for table in manifest.tables.values())
    click.echo(f"Archive:       made {header.made_at:%Y-%m-%d %H:%M} UTC, sound from end to end")
    click.echo(f"It holds:      {rows} rows, {checked.unpacked.upload_count} uploads")
    if not header.has_uploads:
        click.echo("               the database only: uploads stay as they are")
    if checked.doubt:
        click.echo(f"Not tried:     {checked.doubt}")


def _ask(blog: Blog) -> None:
    worker_runs = not blog.database.is_empty() and _worker_runs()
    _let_go()
    expect_quiet(blog.database, worker_runs=worker_runs)
    click.confirm("Everything written since then will be gone from the blog. Go on?", abort=True)


def _worker_runs() -> bool:
    """Whether one was seen; a database that cannot be asked has none that works."""
    try:
        return not worker_is_missing(now())
    except SQLAlchemyError:
        return False


def _let_go() -> None:
    """Close the connections of this process, which would else count as somebody's."""
    db.session.remove()
    db.engine.dispose()


def _tell_done(done: Restored) -> None:
    click.echo(f"Restored. {done.uploads_added} uploads were added.")
    if done.kept:
        click.echo(f"To go back:    flask restore {done.kept} --as-it-was --yes")
    if done.set_aside:
        click.echo(f"The database that could not be read is now {done.set_aside}")


def _migrate(checked: Checked) -> None:
    if checked.unpacked.header.revision not in newest():
        click.echo("The archive is older than this Bluelog: its migrations run now.")
        upgrade_tables(current_app)
    outdate()
    click.echo("Start the web server and the worker again.")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"  # noqa: PLR2004
