"""Posts in series. Writers make one by naming it on a post; editors rename, arrange and delete."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete as deletion
from sqlalchemy import func, select

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Post, PostKind, Redirect, Series, User
from bluelog.queries.series import MOST_PARTS, series_of
from bluelog.services import slugs
from bluelog.services.locks import lock_site
from bluelog.text.keys import name_key
from bluelog.uow import record, unit_of_work

LONGEST_NAME, LONGEST_KEY = 60, 120  # some characters stand for many once they are folded


def put_in(post: Post, name: str | None, part: int | None) -> None:
    """Make the post a part of the series of that name, within the unit of work that is open.

    A name without a series becomes one, an empty one takes the post out, None leaves it where it
    is; without a number the post keeps its own, or comes last. Pages are in none. Raises
    RuleBroken("series").
    """
    if post.kind == PostKind.PAGE:
        return
    if name is None:
        post.part = (part or post.part) if post.series_id else None
        return
    if not name:
        post.series_id = post.part = None
        return
    series = _known_or_new(name)
    if post.series_id != series.id:
        post.part = _last_part(series)
        post.series_id = series.id
    post.part = part or post.part


def is_as_asked(post: Post, name: str | None, part: int | None) -> bool:
    """Whether the post is that part of the series."""
    if name is None or post.kind == PostKind.PAGE:
        return True
    there = series_of(post)
    is_same = name_key(name) == (there.name_key if there else "")
    return is_same and part in (None, post.part)


def change(
    series_id: int,
    name: str,
    *,
    slug: str,
    description: str,
    order: Sequence[int],
    by: User,
    at: datetime,
) -> Series:
    """Rename a series and arrange its parts; its former address redirects.

    `order` has the ids of its posts, the first part first; those that it leaves out come last.
    """
    with unit_of_work():
        series = _managed(series_id, by)
        former = series.slug
        _name(series, name)
        series.slug = slugs.series_slug(series, slug or former)
        series.description = description
        slugs.moved(f"/series/{former}", f"/series/{series.slug}", at)
        _arrange(series, order)
        record(Act("series.changed", by.id, at, "series", series.id))
    return series


def delete(series_id: int, *, by: User, at: datetime) -> None:
    """Delete a series; its posts stay, its address and those that led to it are gone."""
    with unit_of_work():
        series = _managed(series_id, by)
        for post in _parts(series):
            post.series_id = post.part = None
        db.session.execute(deletion(Redirect).where(Redirect.target == f"/series/{series.slug}"))
        record(Act("series.deleted", by.id, at, "series", series.id))
        db.session.flush()  # Its posts let go of it first.
        db.session.delete(series)


def _arrange(series: Series, order: Sequence[int]) -> None:
    places = {post_id: place for place, post_id in enumerate(order)}
    parts = sorted(_parts(series), key=lambda post: places.get(post.id, len(places)))
    for number, post in enumerate(parts, 1):
        post.part = number


def _parts(series: Series) -> Sequence[Post]:
    parts = select(Post).where(Post.series_id == series.id).order_by(Post.part, Post.id)
    return db.session.scalars(parts.with_for_update()).all()


def _last_part(series: Series) -> int:
    """The number that follows those there are. Raises RuleBroken where there are too many."""
    query = select(func.count(), func.max(Post.part)).where(Post.series_id == series.id)
    count, last = db.session.execute(query).one()
    if count >= MOST_PARTS:
        full = _l("This series has %(most)d parts already. Begin another one.", most=MOST_PARTS)
        raise RuleBroken("series", full)
    return (last or 0) + 1


def _known_or_new(name: str) -> Series:
    known = select(Series).where(Series.name_key == name_key(name))
    series: Series | None = db.session.scalar(known)
    if series is None:
        series = Series(description="")
        _check_name("series", name)
        series.name, series.name_key = name, name_key(name)
        series.slug = slugs.series_slug(series, "")
        db.session.add(series)
        db.session.flush()  # The post needs its id.
    return series


def _name(series: Series, name: str) -> None:
    _check_name("name", name)
    same = select(Series.id).where(Series.name_key == name_key(name), Series.id != series.id)
    with db.session.no_autoflush:
        if db.session.scalar(same):
            raise RuleBroken("name", _l("There is a series of this name already."))
    series.name, series.name_key = name, name_key(name)


def _check_name(field: str, name: str) -> None:
    if len(name) > LONGEST_NAME or not 1 <= len(name_key(name).strip()) <= LONGEST_KEY:
        raise RuleBroken(field, _l("This name is too long."))


def _managed(series_id: int, by: User) -> Series:
    lock_site()
    if not by.may_edit_everything:
        raise NotAllowed
    series = db.session.get(Series, series_id)
    if series is None:
        raise NotFound
    return series
