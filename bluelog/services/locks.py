"""Serialising what must not happen twice at once."""

from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import Site


def lock_site() -> None:
    """Hold the site's row until the unit of work ends; SQLite's writers wait anyway."""
    db.session.execute(select(Site.id).with_for_update())
