"""The posts that a user may edit, by what is asked of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager

from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, Post, PostAuthor, PostKind, PostStatus, PostTag, User
from bluelog.queries import posts
from bluelog.queries.paging import Order, Page, Window, page
from bluelog.queries.people import WRITING_ROLES
from bluelog.queries.posts import CARD, Card, cards
from bluelog.queries.word_search import has_words, search_page

MOST_WRITERS = 200


@dataclass(frozen=True)
class Wish:
    """What is asked for; all of it has to hold. A month is its first moment and the next one's."""

    status: str | None = None
    kind: str | None = None
    author_id: int | None = None
    category_id: int | None = None
    tag_id: int | None = None
    month: tuple[datetime, datetime] | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Rows:
    """Rows that lead to posts, each kind with indexes for the order of its lists.

    `whose` says which of them by their own columns, where they are not the posts themselves.
    """

    query: Select[Any]
    status: Any
    edited: Order
    dated: Order
    are_tagged: bool = False
    whose: ColumnElement[bool] | None = None


def managed_page(user: User, wish: Wish, window: Window) -> Page[Card]:
    """Some of what the user may edit, last edited first, those of a month by their date.

    Trash only when asked for. A search goes one way, a bounded step at a time.
    """
    rows = _rows(user, wish)
    query = rows.query.where(*_conditions(wish, rows))
    order = rows.edited
    if wish.month:
        query, order = _in_month(query, rows, wish, wish.month)
    if wish.words:
        wanted = has_words(wish.words, Post.title, Post.slug)
        walked = _walked(query, rows, order, wish)
        found = search_page(query, order, wanted, window, walked=walked)
    else:
        found = page(query, order, window)
    return cards(found.of([getattr(row, "post", row) for row in found.items]))


def writers() -> list[User]:
    """Who writes here, by name; of very many, some."""
    some = select(User).where(User.role.in_(WRITING_ROLES)).limit(MOST_WRITERS)
    return sorted(db.session.scalars(some), key=lambda user: str(user.display_name).casefold())


def _rows(user: User, wish: Wish) -> _Rows:
    """The posts themselves, or those of an author, or with a tag: never more than need be."""
    if wish.author_id or not user.may_edit_everything:
        mine = posts.own_posts(user) if not user.may_edit_everything else _written_by(wish)
        edited, dated = posts.AUTHOR_LAST_EDITED_FIRST, posts.AUTHOR_NEWEST_FIRST
        query = mine.options(contains_eager(PostAuthor.post).options(*CARD))
        user_id = wish.author_id if user.may_edit_everything else user.id
        whose = PostAuthor.user_id == user_id
        return _Rows(query, PostAuthor.status, edited, dated, whose=whose)
    if wish.tag_id:
        tagged = select(PostTag).join(PostTag.post).where(PostTag.tag_id == wish.tag_id)
        edited = Order((PostTag.edited_at, PostTag.post_id))
        dated = Order((PostTag.public_at, PostTag.post_id))
        tagged = tagged.options(contains_eager(PostTag.post).options(*CARD))
        whose = PostTag.tag_id == wish.tag_id
        return _Rows(tagged, Post.status, edited, dated, are_tagged=True, whose=whose)
    return _Rows(
        select(Post).options(*CARD), Post.status, posts.LAST_EDITED_FIRST, posts.NEWEST_FIRST
    )


def _written_by(wish: Wish) -> Select[PostAuthor]:
    return select(PostAuthor).join(PostAuthor.post).where(PostAuthor.user_id == wish.author_id)


def _conditions(wish: Wish, rows: _Rows) -> list[ColumnElement[bool]]:
    chosen, status = [], rows.status
    if wish.status or not wish.month:
        chosen.append(status == wish.status if wish.status else status != PostStatus.TRASHED)
    if wish.kind:
        chosen.append(Post.kind == wish.kind)
    if wish.category_id:
        chosen.append(Post.category_id == wish.category_id)
    if wish.tag_id and not rows.are_tagged:
        # Looked up for each row: joined, PostgreSQL might read all rows of the tag.
        its = select(PostTag.tag_id).where(PostTag.post_id == Post.id)
        chosen.append(its.where(PostTag.tag_id == wish.tag_id).scalar_subquery().is_not(None))
    return chosen


def _in_month(
    query: Select[Any], rows: _Rows, wish: Wish, month: tuple[datetime, datetime]
) -> tuple[Select[Any], Order]:
    """What is public, or will be, within the month; what is in another state if that is asked."""
    is_public = wish.status in (None, *PUBLIC_STATUSES)
    column: Any = rows.dated.columns[0] if is_public else Post.published_at
    query = query.where(column >= month[0], column < month[1])
    if column is not Post.published_at:
        return query, rows.dated
    if rows.edited is not posts.LAST_EDITED_FIRST:
        return query, rows.edited
    if not wish.status:
        query = query.where(Post.status.in_(PUBLIC_STATUSES))
    # Pages have no date that anyone sees; the index begins with the kind.
    return query.where(Post.kind == (wish.kind or PostKind.POST)), rows.dated


def _walked(query: Select[Any], rows: _Rows, order: Order, wish: Wish) -> Select[Any]:
    """The places that a search passes; with the posts joined to them, PostgreSQL would read all."""
    if rows.whose is None:
        return query.with_only_columns(*order.columns)
    walked = select(*order.columns).where(rows.whose)
    if wish.month and order is rows.dated:
        dated: Any = order.columns[0]
        walked = walked.where(dated >= wish.month[0], dated < wish.month[1])
    return walked
