"""Posts and pages, by who may see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    false,
    or_,
    select,
    true,
)
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
from bluelog.queries.counting import counts
from bluelog.queries.moments import NOW, Moment
from bluelog.queries.names import Name
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.rows import rows
from bluelog.text.render import HTML

NEWEST_FIRST = Order((Post.published_at, Post.id))
AUTHOR_NEWEST_FIRST = Order((PostAuthor.public_at, PostAuthor.post_id))
LAST_EDITED_FIRST = Order((Post.updated_at, Post.id))
AUTHOR_LAST_EDITED_FIRST = Order((PostAuthor.edited_at, PostAuthor.post_id))

CARD = (
    joinedload(Post.category),
    joinedload(Post.cover),
    defer(Post.source, raiseload=True),
    defer(Post.html, raiseload=True),
    defer(Post.plain, raiseload=True),
)


# What a link to a post or page shows, and by what it is told whether that is public.
LINKED: tuple[Any, ...] = (
    *(Post.id, Post.kind, Post.slug, Post.parent_slug, Post.title, Post.language),
    *(Post.status, Post.published_at),
)


@dataclass(frozen=True)
class Card:
    """A post as a list shows it."""

    post: Post
    authors: list[Name]


def is_public(now: Moment) -> ColumnElement[bool]:
    """What anyone may read: time decides, whether or not the worker turned the status over."""
    return and_(Post.status.in_(PUBLIC_STATUSES), Post.published_at <= now)


def public_posts(now: Moment) -> Select[Post]:
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
    own = select(PostAuthor.post_id).where(
        PostAuthor.post_id == Post.id, PostAuthor.user_id == user.id
    )
    return and_(own.exists(), _is_open_to_its_author(user))


def _is_open_to_its_author(user: User) -> ColumnElement[bool]:
    is_post = Post.kind == PostKind.POST
    if user.may_publish:
        return is_post
    unpublished = (PostStatus.DRAFT, PostStatus.PENDING)
    binned = and_(Post.status == PostStatus.TRASHED, Post.former_status.in_(unpublished))
    return and_(is_post, or_(Post.status.in_(unpublished), binned))


def post_readable_by(
    user: User | None, slug: str, now: datetime, *, kind: PostKind = PostKind.POST
) -> Post | None:
    """The post at that address, if it is public or the user's to edit."""
    if user is None:
        return db.session.scalar(_public_at(), {"kind": kind, "slug": slug, "now": now})
    readable = or_(is_public(now), and_(is_editable_by(user), Post.status != PostStatus.TRASHED))
    return db.session.scalar(_whole().where(Post.kind == kind, Post.slug == slug, readable))


def page_readable_by(
    user: User | None, slug: str, now: datetime, *, parent: str | None = None
) -> Post | None:
    """The page at that address, under the page of that slug; None there for none."""
    # A slug names one page, wherever it is.
    page = post_readable_by(user, slug, now, kind=PostKind.PAGE)
    return page if page is not None and page.parent_slug == parent else None


@cache
def _public_at() -> Select[Post]:
    address = (Post.kind == bindparam("kind"), Post.slug == bindparam("slug"))
    return _whole().where(*address, is_public(NOW))


def _whole() -> Select[Post]:
    """A post as its own page shows it."""
    return select(Post).options(
        joinedload(Post.category),
        joinedload(Post.cover),
        defer(Post.source, raiseload=True),
        defer(Post.plain, raiseload=True),
    )


def public_post_by_id(post_id: int, now: datetime) -> Post | None:
    return db.session.scalar(public_posts(now).where(Post.id == post_id).options(*CARD))


def post_editable_by(user: User, post_id: int) -> Post | None:
    """The post with that id for its editing form, or None."""
    query = posts_editable_by(user).where(Post.id == post_id)
    return db.session.scalar(query.options(joinedload(Post.category), joinedload(Post.cover)))


def last_format_of(user: User) -> str:
    """What the user wrote in the last time: the format of the next post, unless chosen anew."""
    own = select(Post.source_format).join(PostAuthor, PostAuthor.post_id == Post.id)
    mine = own.where(PostAuthor.user_id == user.id)
    last = mine.order_by(PostAuthor.edited_at.desc(), PostAuthor.post_id.desc()).limit(1)
    return db.session.scalar(last) or HTML


def public_page(now: datetime, window: Window) -> Page[Card]:
    """Some of all public posts, newest first."""
    return cards(page(_public_cards(), NEWEST_FIRST, window, {"now": now}))


def category_page(category: Category, now: datetime, window: Window) -> Page[Card]:
    """Some of the public posts of one category, newest first."""
    values = {"now": now, "category_id": category.id}
    return cards(page(_public_cards_in_category(), NEWEST_FIRST, window, values))


@cache
def _public_cards() -> Select[Post]:
    return public_posts(NOW).options(*CARD)


@cache
def _public_cards_in_category() -> Select[Post]:
    return _public_cards().where(Post.category_id == bindparam("category_id"))


def posts_in(category: Category, now: datetime) -> Select[Post]:
    return public_posts(now).where(Post.category_id == category.id)


def author_page(author: User, now: datetime, window: Window) -> Page[Card]:
    """Some of the public posts of one author, newest first."""
    values = {"now": now, "user_id": author.id}
    found = page(_public_cards_by_author(), AUTHOR_NEWEST_FIRST, window, values)
    return cards(found.of([row.post for row in found.items]))


@cache
def _public_cards_by_author() -> Select[PostAuthor]:
    by_author = PostAuthor.user_id == bindparam("user_id")
    public = select(PostAuthor).where(by_author, PostAuthor.public_at <= NOW)
    return public.options(joinedload(PostAuthor.post).options(*CARD))


def managed_counts(user: User) -> dict[str, int]:
    """How many posts the user may edit, by status."""
    if user.may_edit_everything:
        return counts(PostStatus, lambda status: select(Post.id).where(Post.status == status))
    own = select(PostAuthor.post_id).where(PostAuthor.user_id == user.id, _is_open(user))
    return counts(PostStatus, lambda status: own.where(PostAuthor.status == status))


def _is_open(user: User) -> ColumnElement[bool]:
    """Whether the row's post is open to its author, looked up for each row that is counted.

    Joined, PostgreSQL might walk along all posts beside the author's.
    """
    if not user.may_write:
        return false()
    its_post = select(_is_open_to_its_author(user)).where(Post.id == PostAuthor.post_id)
    return its_post.scalar_subquery()


def own_posts(user: User) -> Select[PostAuthor]:
    """What the user wrote and may edit, found by the author's row: one walk along an index."""
    own = select(PostAuthor).join(PostAuthor.post).where(PostAuthor.user_id == user.id)
    return own.where(_is_open_to_its_author(user) if user.may_write else false())


def is_shown(row: Any, now: datetime) -> bool:
    """`is_public` of a row that was found: in a statement it would tempt SQLite to another index
    than that of what is asked for.
    """
    return Post.is_public_at(row, now)


def original_slug(post: Post) -> str:
    """The slug of what the post translates; empty for nothing."""
    original = db.session.get(Post, post.translation_of) if post.translation_of else None
    return original.slug if original else ""


def authors_of(post_ids: Iterable[int]) -> dict[int, list[Name]]:
    """The authors of each post, in the order of their names on it."""
    ids = list(post_ids)
    found: defaultdict[int, list[Name]] = defaultdict(list)
    for row in rows(_authorships(), {"ids": ids}) if ids else ():
        found[row.post_id].append(Name(row.id, row.name, row.username))
    return found


def usernames_on(post: Post) -> str:
    """The usernames of a post's authors as its editor shows and takes them."""
    named = authors_of([post.id]).get(post.id, [])
    return ", ".join(author.username for author in named if author.username)


@cache
def _authorships() -> Select[Any]:
    columns: tuple[Any, ...] = (PostAuthor.post_id, User.id, User.name, User.username)
    return (
        select(*columns)
        .join(PostAuthor.user)
        .where(PostAuthor.post_id.in_(bindparam("ids", expanding=True)))
        .order_by(PostAuthor.post_id, PostAuthor.position, PostAuthor.user_id)
    )


def cover(upload_id: int | None) -> Upload | None:
    """The picture of that id."""
    return db.session.get(Upload, upload_id) if upload_id else None


def due_scheduled(now: Moment) -> Select[Post]:
    """Posts whose time has come but whose status the worker has not turned over yet."""
    return select(Post).where(Post.status == PostStatus.SCHEDULED, Post.published_at <= now)


def cards(found: Page[Any]) -> Page[Card]:
    """The same page of posts, each with its authors."""
    authors = authors_of(post.id for post in found.items)
    return found.of([Card(post, authors.get(post.id, [])) for post in found.items])
