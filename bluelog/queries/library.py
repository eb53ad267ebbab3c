"""The media library, by who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, select
from sqlalchemy.orm import joinedload

from bluelog.extensions import db
from bluelog.models import (
    Post,
    Upload,
    UploadFormerUse,
    UploadSiteUse,
    UploadState,
    UploadUnsavedUse,
    UploadUse,
    User,
    WorkingCopy,
)
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.posts import is_editable_by, is_public
from bluelog.queries.word_search import has_words, search_page

NEWEST_FIRST = Order((Upload.id,))
LATEST_POST_FIRST = Order((UploadUse.post_id,))
MOST_NAMED = 20
FILTERS = ("", "used", "unused", "mine", "trashed")


@dataclass(frozen=True)
class Wish:
    """What is looked for: one of the filters, and words that all have to be there."""

    filter: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A post that shows a picture, and where; whether the user may read and edit it."""

    post: Any
    in_text: bool
    as_cover: bool


def uploads_managed_by(user: User) -> Select[Upload]:
    """The pictures that the user may change: editors everyone's, authors their own."""
    query = select(Upload).where(Upload.state != UploadState.GOING)
    if user.may_edit_everything:
        return query
    return query.where(Upload.user_id == user.id if user.may_publish else false())


def upload_managed_by(user: User, upload_id: int) -> Upload | None:
    """The picture of that id for its own page, or None."""
    query = uploads_managed_by(user).where(Upload.id == upload_id)
    return db.session.scalar(query.options(joinedload(Upload.user)))


def library_page(user: User, wish: Wish, window: Window) -> Page[Upload]:
    """Some of the pictures that the user may change, newest first."""
    query = _chosen(user, wish.filter).options(joinedload(Upload.user))
    if wish.words:
        wanted = has_words(wish.words, Upload.search_text)
        walked = query.with_only_columns(Upload.id, maintain_column_froms=True)
        return search_page(query, NEWEST_FIRST, wanted, window, walked=walked)
    return page(query, NEWEST_FIRST, window)


def going_upload() -> int | None:
    """A picture whose files are to be deleted."""
    query = select(Upload.id).where(Upload.state == UploadState.GOING)
    return db.session.scalar(query.order_by(Upload.id).limit(1))


def uses_page(upload: Upload, user: User, now: datetime, window: Window) -> Page[Shown]:
    """Some of the posts that show the picture, those written last first."""
    uses = select(UploadUse).where(UploadUse.upload_id == upload.id)
    found = page(uses, LATEST_POST_FIRST, window)
    # Asked for by their keys: joined, PostgreSQL might walk along all the posts between them.
    posts = _posts([use.post_id for use in found.items], user, now)
    return found.of([Shown(posts[use.post_id], use.in_text, use.as_cover) for use in found.items])


def unsaved_uses(upload: Upload, user: User) -> list[Any]:
    """Who has typed something that shows the picture and did not save it, the latest first.

    What a text of somebody else is about, nobody is told; who writes it, editors are.
    """
    its = select(UploadUnsavedUse.copy_id).where(UploadUnsavedUse.upload_id == upload.id)
    latest = its.order_by(UploadUnsavedUse.copy_id.desc()).limit(MOST_NAMED)
    columns: tuple[Any, ...] = (
        *(WorkingCopy.id, WorkingCopy.kind, WorkingCopy.post_id, WorkingCopy.title),
        *(User.name, User.username, (User.id == user.id).label("is_own")),
    )
    copies = select(*columns).join(User, User.id == WorkingCopy.user_id)
    ids = db.session.scalars(latest).all()
    found = db.session.execute(copies.where(WorkingCopy.id.in_(ids)))
    return sorted(found, key=lambda row: int(row.id), reverse=True)


def site_uses(upload: Upload) -> list[str]:
    """Where the blog itself shows the picture."""
    its = select(UploadSiteUse.place).where(UploadSiteUse.upload_id == upload.id)
    return list(db.session.scalars(its.order_by(UploadSiteUse.place.desc())))


def former_uses(upload: Upload, user: User, now: datetime) -> list[Any]:
    """The posts of which an earlier version shows the picture, those written last first."""
    its = select(UploadFormerUse.post_id).where(UploadFormerUse.upload_id == upload.id)
    latest = its.distinct().order_by(UploadFormerUse.post_id.desc()).limit(MOST_NAMED)
    posts = _posts(db.session.scalars(latest).all(), user, now)
    return [posts[key] for key in sorted(posts, reverse=True)]


def _posts(ids: Sequence[int], user: User, now: datetime) -> dict[int, Any]:
    """What is shown of these posts, and whether the user may read and edit each."""
    columns: tuple[Any, ...] = (
        *(Post.id, Post.kind, Post.status, Post.title, Post.slug, Post.parent_slug),
        Post.language,
        is_public(now).label("is_public"),
        is_editable_by(user).label("is_editable"),
    )
    return {row.id: row for row in db.session.execute(select(*columns).where(Post.id.in_(ids)))}


def _chosen(user: User, filter_: str) -> Select[Upload]:
    query = uploads_managed_by(user)
    if filter_ in ("used", "unused", "trashed"):
        return query.where(Upload.state == filter_)
    # Not the states that are kept, by which SQLite would go through all of them and sort.
    query = query.where(Upload.state != UploadState.TRASHED)
    return query.where(Upload.user_id == user.id) if filter_ == "mine" else query
