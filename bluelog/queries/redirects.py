"""Addresses that were."""

from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import Redirect


def target_of(path: str) -> str | None:
    """Where the page that was at this path is now, or None."""
    if "\0" in path:  # PostgreSQL takes none
        return None
    return db.session.scalar(select(Redirect.target).where(Redirect.path == path))
