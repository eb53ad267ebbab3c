"""Whether the tables are those that this code expects."""

from collections.abc import Iterator
from functools import cache

from sqlalchemy import column, inspect, select, table

from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.operations import migrations
from bluelog.operations.doctor.finding import Finding, failure, fine

_VERSIONS = table("alembic_version", column("version_num"))


def look(_seconds: float) -> Iterator[Finding]:
    """Compare the database's version with the newest migration."""
    yield judge(current(), newest(), migrations.known())


def judge(current: frozenset[str], newest: frozenset[str], known: frozenset[str]) -> Finding:
    """Whether the database is behind the code, ahead of it, or where it should be."""
    if current == newest:
        return fine(_l("The tables are those of this version."))
    if current - known:
        return failure(
            _l("The database was made by a newer version of Bluelog."),
            _l("Bring back the newer code, or restore the archive made before the upgrade."),
        )
    return failure(
        _l("The tables are those of an older version."), _l("Bring them up."), "flask db upgrade"
    )


def is_at_head() -> bool:
    """Whether the database is where this code expects it."""
    return current() == newest()


def current() -> frozenset[str]:
    """The versions that the database says it has; Alembic would log every question of a probe."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table(_VERSIONS.name):
            return frozenset()
        return frozenset(connection.scalars(select(_VERSIONS.c.version_num)))


@cache
def newest() -> frozenset[str]:
    """The newest migrations of this code, read once."""
    return migrations.newest()
