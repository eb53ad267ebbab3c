"""The media library, by who may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, select
from sqlalchemy.orm import joinedload

from bluelog.extensions import db
from bluelog.models import Post, Upload, UploadState, UploadUse, User
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.posts import is_editable_by, is_public
from bluelog.queries.word_search import has_words, search_page

NEWEST_FIRST = Order((Upload.id,))
LATEST_POST_FIRST = Order((UploadUse.post_id,))
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
    columns: tuple[Any, ...] = (
        *(Post.id, Post.kind, Post.status, Post.title, Post.slug, Post.parent_slug),
        Post.language,
        is_public(now).label("is_public"),
        is_editable_by(user).label("is_editable"),
    )
    # Asked for by their keys: joined, PostgreSQL might walk along all the posts between them.
    ids = [use.post_id for use in found.items]
    posts = {row.id: row for row in db.session.execute(select(*columns).where(Post.id.in_(ids)))}
    return found.of([Shown(posts[use.post_id], use.in_text, use.as_cover) for use in found.items])


def _chosen(user: User, filter_: str) -> Select[Upload]:
    query = uploads_managed_by(user)
    if filter_ in ("used", "unused", "trashed"):
        return query.where(Upload.state == filter_)
    # Not the states that are kept, by which SQLite would go through all of them and sort.
    query = query.where(Upload.state != UploadState.TRASHED)
    return query.where(Upload.user_id == user.id) if filter_ == "mine" else query
