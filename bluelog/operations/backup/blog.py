"""What is backed up, and where to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bluelog import storage
from bluelog.operations.backup.databases import Database, database_of
from bluelog.operations.backup.kept_settings import without_secrets
from bluelog.operations.backup.rotation import Keep
from bluelog.storage import Storage


@dataclass(frozen=True)
class Blog:
    """A blog as a whole: its database, its uploads, its settings without the secret ones."""

    database: Database
    uploads: Storage
    settings: bytes


def this_blog(config: Mapping[str, Any]) -> Blog:
    """The blog of an app. Raises BackupError when there is nothing that could be kept."""
    database = database_of(config["SQLALCHEMY_DATABASE_URI"])
    return Blog(database, storage.current(), without_secrets(config))


def backup_folder(config: Mapping[str, Any]) -> Path:
    """Where archives go, and the record of the last run whichever folder its archive went to."""
    return Path(config["BLUELOG_DATA_DIR"]) / "backups"


def rotation_of(config: Mapping[str, Any]) -> Keep:
    return Keep(
        config["BLUELOG_BACKUP_KEEP_DAILY"],
        config["BLUELOG_BACKUP_KEEP_WEEKLY"],
        config["BLUELOG_BACKUP_KEEP_MONTHLY"],
    )
