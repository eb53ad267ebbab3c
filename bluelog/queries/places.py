"""Which addresses of this site lead to something that readers see."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from bluelog import storage
from bluelog.extensions import db
from bluelog.models import (
    Category,
    Post,
    PostKind,
    Series,
    Tag,
    Upload,
    UploadState,
    User,
)
from bluelog.queries.portions import PORTION, in_portions
from bluelog.queries.posts import is_public
from bluelog.text.ids import id_in
from bluelog.text.inside import Place
from bluelog.text.keys import name_key
from bluelog.text.urls import post_path


def missing_places(places: Iterable[Place], at: datetime) -> set[Place]:
    """Those with nothing of their own: no public post or page, no list, no picture."""
    by_kind: defaultdict[str, set[Place]] = defaultdict(set)
    for place in places:
        by_kind[place.kind].add(place)
    return set().union(*(_missing(kind, there, at) for kind, there in by_kind.items()))


def is_there(place: Place, at: datetime) -> bool:
    """Whether readers see something at the place itself; where a redirect leads does not count."""
    return not _missing(place.kind, {place}, at)


def pictures_called(names: Iterable[str], ids: Iterable[int]) -> list[Upload]:
    """The uploads whose files have these names, or that have these ids."""
    digests = sorted({found[0] for name in names if (found := storage.parts(name))})
    one_of = or_(Upload.digest.in_(digests[:PORTION]), Upload.id.in_(list(ids)))
    return list(db.session.scalars(select(Upload).where(one_of).order_by(Upload.size.desc())))


def _missing(kind: str, places: set[Place], at: datetime) -> set[Place]:
    look = _LOOKS[kind]
    found = look({place.name for place in places}, kind, at)
    return {place for place in places if _key(place) not in found}


def _posts(names: set[str], _kind: str, at: datetime) -> Collection[str]:
    there = select(Post.slug).where(Post.kind == PostKind.POST, is_public(at))
    ids = {number for name in names if (number := id_in(name))}
    numbered = select(Post.id).where(Post.kind == PostKind.POST, is_public(at))
    by_id = {str(found) for found in _found(Post.id, ids, numbered)}
    return _found(Post.slug, names, there) | by_id


def _pages(names: set[str], _kind: str, at: datetime) -> Collection[str]:
    slugs = {name.rpartition("/")[2] for name in names}
    shown = select(Post.kind, Post.slug, Post.parent_slug)
    there = shown.where(Post.kind == PostKind.PAGE, is_public(at))
    found = (
        row
        for some in in_portions(sorted(slugs))
        for row in db.session.execute(there.where(Post.slug.in_(some)))
    )
    return {post_path(row.kind, row.slug, row.parent_slug)[1:] for row in found}


def _categories(names: set[str], _kind: str, _at: datetime) -> Collection[str]:
    ids = {number for name in names if (number := id_in(name))}
    by_id = {str(found) for found in _found(Category.id, ids, select(Category.id))}
    return _found(Category.slug, names, select(Category.slug)) | by_id


def _tags(names: set[str], _kind: str, _at: datetime) -> Collection[str]:
    return _found(Tag.slug, names, select(Tag.slug))


def _series(names: set[str], _kind: str, _at: datetime) -> Collection[str]:
    return _found(Series.slug, names, select(Series.slug))


def _authors(names: set[str], _kind: str, _at: datetime) -> Collection[str]:
    keys = {name_key(name) for name in names}
    return _found(User.username_key, keys, select(User.username_key))


def _uploads(names: set[str], _kind: str, _at: datetime) -> Collection[str]:
    digests = {found[0] for name in names if (found := storage.parts(name))}
    there = select(Upload.digest).where(Upload.state != UploadState.GOING)
    return _found(Upload.digest, digests, there)


def _key(place: Place) -> str:
    """What a place is found by."""
    if place.kind == "author":
        return name_key(place.name)
    found = storage.parts(place.name) if place.kind == "uploads" else None
    return found[0] if found else place.name


def _found(column: Any, values: Collection[Any], query: Select[Any]) -> set[Any]:
    portions = in_portions(sorted(values))
    return {row for some in portions for row in db.session.scalars(query.where(column.in_(some)))}


_LOOKS = {
    "post": _posts,
    "page": _pages,
    "category": _categories,
    "tag": _tags,
    "series": _series,
    "author": _authors,
    "uploads": _uploads,
}
