"""Sorting posts."""

import unicodedata
from datetime import datetime

from sqlalchemy import func, select, update

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Category, Post, PostKind, PostStatus, User
from bluelog.queries.frame import default_category
from bluelog.services import search_index, slugs
from bluelog.services.locks import lock_site
from bluelog.uow import record, unit_of_work

LONGEST_KEY = 120  # some characters stand for many once they are folded


def create(
    name: str, *, slug: str = "", by: User, at: datetime, submission_id: str | None = None
) -> Category:
    """Make a category; the same submission again answers with the one it made."""
    with unit_of_work():
        lock_site()
        _check_right(by)
        if existing := _submitted(submission_id):
            return existing
        category = Category(submission_id=submission_id, is_default=False, post_count=0)
        _name(category, name, slug)
        db.session.add(category)
        db.session.flush()  # The trail names the new row.
        record(Act("category.created", by.id, at, "category", category.id))
    return category


def change(category_id: int, name: str, *, slug: str, by: User, at: datetime) -> Category:
    """Rename a category; its former address redirects."""
    with unit_of_work():
        lock_site()
        _check_right(by)
        category = _found(category_id)
        former = category.slug
        _name(category, name, slug or former)
        slugs.moved(f"/category/{former}", f"/category/{category.slug}", at)
        record(Act("category.changed", by.id, at, "category", category.id))
    return category


def delete(category_id: int, *, by: User, at: datetime) -> None:
    """Delete a category; its posts move to the default one, its address redirects there."""
    with unit_of_work():
        lock_site()
        _check_right(by)
        category, default = _found(category_id), default_category()
        if category.is_default:
            raise RuleBroken(None, _l("The default category cannot be deleted."))
        moving = update(Post).where(Post.category_id == category.id)
        db.session.execute(moving.values(category_id=default.id))
        search_index.refile(category.id, default.id)
        # Counted anew: a post of it may be published or trashed at this very moment.
        filed = select(func.count()).where(
            Post.category_id == default.id,
            Post.kind == PostKind.POST,
            Post.status == PostStatus.PUBLISHED,
        )
        default.post_count = filed.scalar_subquery()
        slugs.moved(f"/category/{category.slug}", f"/category/{default.slug}", at)
        record(Act("category.deleted", by.id, at, "category", category.id))
        db.session.delete(category)


def key_of(name: str) -> str:
    """What makes two names the same."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _check_right(by: User) -> None:
    if not by.may_edit_everything:
        raise NotAllowed


def _submitted(submission_id: str | None) -> Category | None:
    if submission_id is None:
        return None
    return db.session.scalar(select(Category).where(Category.submission_id == submission_id))


def _found(category_id: int) -> Category:
    category = db.session.get(Category, category_id)
    if category is None:
        raise NotFound
    return category


def _name(category: Category, name: str, slug: str) -> None:
    key = key_of(name)
    if not 1 <= len(key) <= LONGEST_KEY:
        raise RuleBroken("name", _l("This name is too long."))
    same = select(Category.id).where(Category.name_key == key, Category.id != category.id)
    with db.session.no_autoflush:
        if db.session.scalar(same):
            raise RuleBroken("name", _l("There is a category of this name already."))
        category.name, category.name_key = name, key
        category.slug = slugs.category_slug(category, slug)
