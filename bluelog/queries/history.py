"""What posts were, what people are writing, and who is at it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import defer, joinedload

from bluelog.extensions import db
from bluelog.models import Post, PostKind, Presence, Revision, User, WorkingCopy
from bluelog.queries.names import Name
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.posts import is_editable_by

NEWEST_REVISION_FIRST = Order((Revision.number,))
SEEN_WITHIN = timedelta(minutes=2)
COPIES_OFFERED = 5
OWN_COPIES_SHOWN = 20


def newest_revision(post_id: int) -> Revision | None:
    return db.session.scalar(_newest_first(post_id).limit(1))


def newest_revisions(post_id: int, count: int) -> list[Revision]:
    return list(db.session.scalars(_newest_first(post_id).limit(count)))


def revision(post_id: int, number: int) -> Revision | None:
    """That revision of the post, with who saved it."""
    query = _of(post_id).where(Revision.number == number)
    return db.session.scalar(query.options(joinedload(Revision.user)))


def revision_before(post_id: int, number: int) -> Revision | None:
    """The one before it; what was between them may have been thinned out."""
    query = _newest_first(post_id).where(Revision.number < number)
    return db.session.scalar(query.options(joinedload(Revision.user)).limit(1))


def revision_of_version(post_id: int, version: int) -> Revision | None:
    """What the post held when it had that version."""
    query = _newest_first(post_id).where(Revision.version <= version)
    return db.session.scalar(query.limit(1))


def last_saved_by_other(post_id: int, user: User) -> str:
    """The name of who saved the post last, the user aside."""
    query = _newest_first(post_id).where(Revision.user_id != user.id)
    found = db.session.scalar(query.options(joinedload(Revision.user)).limit(1))
    return found.user.display_name if found and found.user else ""


def revisions_page(post_id: int, window: Window) -> Page[Revision]:
    """Some of a post's revisions, newest first, without their texts."""
    query = _of(post_id).options(joinedload(Revision.user), defer(Revision.fields, raiseload=True))
    return page(query, NEWEST_REVISION_FIRST, window)


def working_copy(user: User, copy_id: int) -> WorkingCopy | None:
    """The user's own working copy of that id."""
    mine = select(WorkingCopy).where(WorkingCopy.user_id == user.id, WorkingCopy.id == copy_id)
    return db.session.scalar(mine)


def working_copies(user: User, post_id: int | None, kind: str = PostKind.POST) -> list[WorkingCopy]:
    """What the user typed into editors of the post, or of a new one, and did not save; newest
    first.
    """
    query = select(WorkingCopy).where(
        WorkingCopy.user_id == user.id, WorkingCopy.post_id == post_id
    )
    if post_id is None:
        query = query.where(WorkingCopy.kind == kind)
    newest = query.order_by(WorkingCopy.saved_at.desc()).limit(COPIES_OFFERED)
    return list(db.session.scalars(newest))


def stranded_copies(user: User) -> list[WorkingCopy]:
    """What the user typed into editors that do not open for them any more, without the texts: of
    the newest posts, newest first.
    """
    if user.may_edit_everything:
        return []
    query = select(WorkingCopy).options(defer(WorkingCopy.fields, raiseload=True))
    query = query.where(WorkingCopy.user_id == user.id, _is_stranded(user))
    # In the order of the index, so that nothing is sorted.
    found = query.order_by(WorkingCopy.post_id.desc(), WorkingCopy.saved_at.desc())
    copies = db.session.scalars(found.limit(COPIES_OFFERED))
    return sorted(copies, key=lambda copy: copy.saved_at, reverse=True)


def own_copies(user: User) -> list[WorkingCopy]:
    """What the user typed into any editor and did not save, newest first; of very many, some."""
    mine = select(WorkingCopy).where(WorkingCopy.user_id == user.id)
    newest = mine.order_by(WorkingCopy.saved_at.desc(), WorkingCopy.id.desc())
    return list(db.session.scalars(newest.limit(OWN_COPIES_SHOWN)))


def has_copies(user: User) -> bool:
    """Whether the user typed anything into an editor and did not save it."""
    mine = select(WorkingCopy.id).where(WorkingCopy.user_id == user.id)
    return db.session.scalar(mine.limit(1)) is not None


def others_at(post_id: int, user: User, now: datetime) -> list[tuple[Name, datetime]]:
    """Who else has the post in the editor, and when that was last seen."""
    columns: tuple[Any, ...] = (User.id, User.name, User.username, Presence.seen_at)
    query = select(*columns).join(User, User.id == Presence.user_id)
    others = query.where(
        Presence.post_id == post_id,
        Presence.user_id != user.id,
        Presence.seen_at > now - SEEN_WITHIN,
    )
    found = db.session.execute(others.order_by(Presence.seen_at.desc()).limit(COPIES_OFFERED))
    return [(Name(row.id, row.name, row.username), row.seen_at) for row in found]


def _is_stranded(user: User) -> ColumnElement[bool]:
    post_id = WorkingCopy.post_id
    opens = select(Post.id).where(Post.id == post_id, is_editable_by(user)).exists()
    is_new_page = and_(post_id.is_(None), WorkingCopy.kind == PostKind.PAGE)
    return or_(and_(post_id.is_not(None), ~opens), is_new_page)


def _of(post_id: int) -> Select[Revision]:
    return select(Revision).where(Revision.post_id == post_id)


def _newest_first(post_id: int) -> Select[Revision]:
    return _of(post_id).order_by(Revision.number.desc())
