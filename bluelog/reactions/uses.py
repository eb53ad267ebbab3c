"""Which posts and parts of the blog show which pictures is kept in step with what a session writes
of them, and what earlier versions of posts show with these.

It is read off the flush and not left to each service to say, so that none can forget it.
"""

from sqlalchemy.orm import Session, UOWTransaction

from bluelog.models import MenuItem, Post, Revision, Site, SitePlace
from bluelog.reactions.watching import has_changed, watch
from bluelog.services import upload_uses

_SHOWING = ("html", "cover_id")
_PLACES: dict[type, SitePlace] = {Site: SitePlace.SETTINGS, MenuItem: SitePlace.MENU}


def register() -> None:
    """Watch every session of the app."""
    watch({"after_flush": _keep})


def _keep(session: Session, _context: UOWTransaction) -> None:
    changed = {row.id for row in session.new if isinstance(row, Post) and _shows_any(row)}
    changed |= {
        row.id for row in session.dirty if isinstance(row, Post) and has_changed(row, *_SHOWING)
    }
    if changed:
        upload_uses.keep(changed)
    upload_uses.keep_former(row for row in session.new if isinstance(row, Revision))
    written = {type(row) for row in (*session.new, *session.dirty, *session.deleted)}
    for model in written & _PLACES.keys():
        upload_uses.keep_site(_PLACES[model])


def _shows_any(post: Post) -> bool:
    return bool(post.cover_id) or "/uploads/" in (post.html or "")
