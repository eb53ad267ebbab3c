"""Posts and pages, by who may see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, tuple_
from sqlalchemy.orm import defer, joinedload

from bluelog.extensions import db
from bluelog.models import (
    PUBLIC_STATUSES,
    Category,
    Post,
    PostAuthor,
    PostKind,
    PostStatus,
    Upload,
    User,
)
from bluelog.queries.paging import Order, Page, Window, page

NEWEST_FIRST = Order((Post.published_at, Post.id))
AUTHOR_NEWEST_FIRST = Order((PostAuthor.public_at, PostAuthor.post_id))
LAST_EDITED_FIRST = Order((Post.updated_at, Post.id))

_CARD = (
    joinedload(Post.category),
    joinedload(Post.cover),
    defer(Post.source, raiseload=True),
    defer(Post.html, raiseload=True),
    defer(Post.plain, raiseload=True),
)


@dataclass(frozen=True)
class Card:
    """A post as a list shows it."""

    post: Post
    authors: list[User]


def is_public(now: datetime) -> ColumnElement[bool]:
    """What anyone may read: time decides, whether or not the worker turned the status over."""
    return and_(Post.status.in_(PUBLIC_STATUSES), Post.published_at <= now)


def public_posts(now: datetime) -> Select[Post]:
    return select(Post).where(Post.kind == PostKind.POST, is_public(now))


def posts_editable_by(user: User | None) -> Select[Post]:
    """What the user may change: editors everything, authors their own, contributors their own
    until it is published.
    """
    return select(Post).where(is_editable_by(user))


def is_editable_by(user: User | None) -> ColumnElement[bool]:
    if user is None or not user.may_write:
        return false()
    if user.may_edit_everything:
        return true()
    own = and_(
        Post.kind == PostKind.POST,
        select(PostAuthor.post_id)
        .where(PostAuthor.post_id == Post.id, PostAuthor.user_id == user.id)
        .exists(),
    )
    if user.may_publish:
        return own
    unpublished = (PostStatus.DRAFT, PostStatus.PENDING)
    binned = and_(Post.status == PostStatus.TRASHED, Post.former_status.in_(unpublished))
    return and_(own, or_(Post.status.in_(unpublished), binned))


def post_readable_by(
    user: User | None, slug: str, now: datetime, *, kind: PostKind = PostKind.POST
) -> Post | None:
    """The post at that address, if it is public or the user's to edit."""
    query = select(Post).where(
        Post.kind == kind,
        Post.slug == slug,
        or_(is_public(now), and_(is_editable_by(user), Post.status != PostStatus.TRASHED)),
    )
    whole = (
        joinedload(Post.category),
        joinedload(Post.cover),
        defer(Post.source),
        defer(Post.plain),
    )
    return db.session.scalar(query.options(*whole))


def public_post_by_id(post_id: int, now: datetime) -> Post | None:
    return db.session.scalar(public_posts(now).where(Post.id == post_id).options(*_CARD))


def post_editable_by(user: User, post_id: int) -> Post | None:
    """The post with that id for its editing form, or None."""
    query = posts_editable_by(user).where(Post.id == post_id)
    return db.session.scalar(query.options(joinedload(Post.category), joinedload(Post.cover)))


def public_page(now: datetime, window: Window) -> Page[Card]:
    """Some of all public posts, newest first."""
    return _cards(page(public_posts(now).options(*_CARD), NEWEST_FIRST, window))


def category_page(category: Category, now: datetime, window: Window) -> Page[Card]:
    """Some of the public posts of one category, newest first."""
    query = posts_in(category, now).options(*_CARD)
    return _cards(page(query, NEWEST_FIRST, window))


def posts_in(category: Category, now: datetime) -> Select[Post]:
    return public_posts(now).where(Post.category_id == category.id)


def author_page(author: User, now: datetime, window: Window) -> Page[Card]:
    """Some of the public posts of one author, newest first."""
    found = page(posts_by(author, now), AUTHOR_NEWEST_FIRST, window)
    posts = {p.id: p for p in _posts([row.post_id for row in found.items])}
    return _cards(found.of([posts[row.post_id] for row in found.items]))


def posts_by(author: User, now: datetime) -> Select[PostAuthor]:
    return select(PostAuthor).where(PostAuthor.user_id == author.id, PostAuthor.public_at <= now)


def managed_page(
    user: User,
    window: Window,
    *,
    status: str | None = None,
    kind: str | None = None,
    category_id: int | None = None,
) -> Page[Card]:
    """What the user may edit, last edited first; trash only when asked for."""
    query = posts_editable_by(user).options(*_CARD)
    query = query.where(Post.status == status if status else Post.status != PostStatus.TRASHED)
    if kind:
        query = query.where(Post.kind == kind)
    if category_id:
        query = query.where(Post.category_id == category_id)
    return _cards(page(query, LAST_EDITED_FIRST, window))


def managed_counts(user: User) -> dict[str, int]:
    """How many posts the user may edit, by status."""
    query = select(Post.status, func.count()).where(is_editable_by(user)).group_by(Post.status)
    return dict(db.session.execute(query).all())


def neighbours(post: Post, now: datetime) -> tuple[Post | None, Post | None]:
    """The public posts just older and just newer than a public one."""
    here = tuple_(post.published_at, post.id, types=[c.type for c in NEWEST_FIRST.columns])
    place = tuple_(*NEWEST_FIRST.columns)
    public = public_posts(now).options(*_CARD).limit(1)
    older = public.where(place < here).order_by(Post.published_at.desc(), Post.id.desc())
    newer = public.where(place > here).order_by(Post.published_at, Post.id)
    return db.session.scalar(older), db.session.scalar(newer)


def authors_of(post_ids: Iterable[int]) -> dict[int, list[User]]:
    """The authors of each post, in the order of their names on it."""
    ids = list(post_ids)
    query = (
        select(PostAuthor)
        .where(PostAuthor.post_id.in_(ids))
        .order_by(PostAuthor.post_id, PostAuthor.position, PostAuthor.user_id)
        .options(joinedload(PostAuthor.user))
    )
    found: defaultdict[int, list[User]] = defaultdict(list)
    for row in db.session.scalars(query) if ids else ():
        found[row.post_id].append(row.user)
    return found


def cover(upload_id: int | None) -> Upload | None:
    """The picture of that id."""
    return db.session.get(Upload, upload_id) if upload_id else None


def due_scheduled(now: datetime) -> Select[Post]:
    """Posts whose time has come but whose status the worker has not turned over yet."""
    return select(Post).where(Post.status == PostStatus.SCHEDULED, Post.published_at <= now)


def _posts(post_ids: list[int]) -> Iterable[Post]:
    return db.session.scalars(select(Post).where(Post.id.in_(post_ids)).options(*_CARD))


def _cards(found: Page[Any]) -> Page[Card]:
    authors = authors_of(post.id for post in found.items)
    return found.of([Card(post, authors.get(post.id, [])) for post in found.items])
