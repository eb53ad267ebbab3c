"""Other people's sites."""

from datetime import datetime

from sqlalchemy import select

from bluelog.errors import NotAllowed, NotFound
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.models import Link, User
from bluelog.services.locks import lock_site
from bluelog.uow import record, unit_of_work


def create(
    name: str, url: str, *, by: User, at: datetime, submission_id: str | None = None
) -> Link:
    """Add a link; the same submission again answers with the one it made."""
    with unit_of_work():
        lock_site()
        _check_right(by)
        if existing := _submitted(submission_id):
            return existing
        link = Link(name=name, url=url, submission_id=submission_id)
        db.session.add(link)
        db.session.flush()  # The trail names the new row.
        record(Act("link.created", by.id, at, "link", link.id))
    return link


def change(link_id: int, name: str, url: str, *, by: User, at: datetime) -> Link:
    """Change a link."""
    with unit_of_work():
        link = _found(link_id, by)
        link.name, link.url = name, url
        record(Act("link.changed", by.id, at, "link", link.id))
    return link


def delete(link_id: int, *, by: User, at: datetime) -> None:
    """Delete a link."""
    with unit_of_work():
        link = _found(link_id, by)
        record(Act("link.deleted", by.id, at, "link", link.id))
        db.session.delete(link)


def _check_right(by: User) -> None:
    if not by.may_edit_everything:
        raise NotAllowed


def _submitted(submission_id: str | None) -> Link | None:
    if submission_id is None:
        return None
    return db.session.scalar(select(Link).where(Link.submission_id == submission_id))


def _found(link_id: int, by: User) -> Link:
    _check_right(by)
    link = db.session.get(Link, link_id)
    if link is None:
        raise NotFound
    return link
