"""The media library, by who may see it."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, select
from sqlalchemy.orm import joinedload

from bluelog.errors import NotFound
from bluelog.extensions import db
from bluelog.models import Post, Upload, UploadState, UploadUse, User
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.posts import is_editable_by, is_public

NEWEST_FIRST = Order((Upload.id,))
LATEST_POST_FIRST = Order((UploadUse.post_id,))
FILTERS = ("", "used", "unused", "mine", "trashed")
MOST_SEARCHED = 10_000  # a step of a search looks at no more, and then offers the next


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


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search, as `search_text` has them."""
    return tuple(unicodedata.normalize("NFKC", text).casefold().split()[:10])


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
        return _found(query, wish.words, window)
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
        *(Post.id, Post.kind, Post.status, Post.title, Post.slug, Post.language),
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


def _found(query: Select[Upload], words: tuple[str, ...], window: Window) -> Page[Upload]:
    """Those that have the words among the next ten thousand; `after` leads on from there."""
    if window.before is not None:
        raise NotFound("a search is walked in one direction")
    if window.after is not None:
        (place,) = NEWEST_FIRST.parse(window.after)
        query = query.where(Upload.id < place)
    newest_first = query.order_by(Upload.id.desc())
    ids = newest_first.with_only_columns(Upload.id, maintain_column_froms=True)
    last = db.session.scalar(ids.offset(MOST_SEARCHED - 1).limit(1))
    if last is not None:
        newest_first = newest_first.where(Upload.id >= last)
    for word in words:
        newest_first = newest_first.where(Upload.search_text.contains(word, autoescape=True))
    found = db.session.scalars(newest_first.limit(window.size + 1)).all()
    rows = found[: window.size]
    if len(found) > window.size:
        last = rows[-1].id
    return Page(rows, None, None if last is None else str(last))
