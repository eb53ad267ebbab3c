"""Operators' commands: thin callers of services and operations."""

from flask import Flask

from bluelog.cli import (
    backups,
    dev,
    doctor,
    documents,
    forge,
    imports,
    migrations,
    related,
    search,
    setup,
    shell,
    translations,
    uploads,
    worker,
)


def init_app(app: Flask) -> None:
    """Hang every command on `flask`."""
    for command in (
        backups.backup,
        backups.copy_backups,
        backups.restore_command,
        dev.dev,
        doctor.doctor,
        documents.documents,
        forge.forge,
        imports.import_group,
        migrations.migrations,
        related.related_command,
        search.search_group,
        setup.init,
        setup.initdb,
        setup.secret,
        translations.translations,
        uploads.uploads_group,
        worker.worker,
    ):
        app.cli.add_command(command)
    app.shell_context_processor(shell.at_hand)
