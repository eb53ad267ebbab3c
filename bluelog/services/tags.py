"""Tagging posts. Writers make tags by using them; editors rename, merge and delete them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update

from bluelog.errors import NotAllowed, NotFound, RuleBroken
from bluelog.events import Act
from bluelog.extensions import DERIVED, db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import (
    PUBLIC_STATUSES,
    Post,
    PostKind,
    PostStatus,
    PostTag,
    Redirect,
    Tag,
    User,
)
from bluelog.services import menus, relating, search_index, slugs
from bluelog.services.locks import lock_site
from bluelog.text.keys import name_key
from bluelog.text.tags import is_one_tag, tag_name
from bluelog.uow import record, unit_of_work

MOST_OF_A_POST = 20
LONGEST_NAME, LONGEST_KEY = 60, 120  # some characters stand for many once they are folded


def put_on(post: Post, names: Iterable[str] | None) -> None:
    """Give a stored post these tags in this order, within the unit of work that is open.

    Names without a tag become one. None leaves the post's tags as they are; pages have none.
    Raises RuleBroken("tags").
    """
    if names is None or post.kind == PostKind.PAGE:
        return
    tags = [_known_or_new(*pair) for pair in _by_key(names).items()]
    wanted = {tag.id: position for position, tag in enumerate(tags)}
    # Read again: by the status that a row says its post was counted.
    there = select(PostTag).where(PostTag.post_id == post.id)
    rows = db.session.scalars(there.execution_options(populate_existing=True)).all()
    for row in rows:
        if row.tag_id in wanted:
            row.position = wanted.pop(row.tag_id)
        else:
            db.session.delete(row)
    public_at = post.published_at if post.status in PUBLIC_STATUSES else None
    db.session.add_all(
        PostTag(post_id=post.id, tag_id=tag_id, position=position, public_at=public_at)
        for tag_id, position in wanted.items()
    )


def has_as_asked(post: Post, names: Iterable[str] | None) -> bool:
    """Whether the post has these tags, in this order."""
    if names is None or post.kind == PostKind.PAGE:
        return True
    keys = select(Tag.name_key).join(PostTag).where(PostTag.post_id == post.id)
    return list(_by_key(names)) == list(db.session.scalars(keys.order_by(PostTag.position)))


def change(tag_id: int, name: str, *, slug: str, by: User, at: datetime) -> Tag:
    """Rename a tag; its former address redirects. An empty slug is made from the name.

    Raises RuleBroken("name" or "slug").
    """
    with unit_of_work():
        tag = _managed(tag_id, by)
        former, name = tag.slug, tag_name(name)
        key = name_key(name)
        _check_name("name", name, key)
        same = select(Tag.id).where(Tag.name_key == key, Tag.id != tag.id)
        if db.session.scalar(same):
            raise RuleBroken("name", _l("There is a tag of this name already. Merge this one."))
        with db.session.no_autoflush:
            tag.name, tag.name_key = name, key
            tag.slug = slugs.tag_slug(tag, slug)
        slugs.moved(f"/tag/{former}", f"/tag/{tag.slug}", at)
        record(Act("tag.changed", by.id, at, "tag", tag.id))
    return tag


def merge(tag_id: int, into: str, *, by: User, at: datetime) -> Tag:
    """Give the tag's posts the one named `into` instead; its address redirects there.

    Raises RuleBroken("into").
    """
    with unit_of_work():
        tag = _managed(tag_id, by)
        target = _by_name(into)
        if target is None:
            raise RuleBroken("into", _l("There is no tag of this name."))
        if target.id == tag.id:
            raise RuleBroken("into", _l("This is the same tag."))
        _hand_over(tag.id, target.id, at)
        menus.follow(tag, target)
        slugs.moved(f"/tag/{tag.slug}", f"/tag/{target.slug}", at)
        record(Act("tag.merged", by.id, at, "tag", tag.id))
        db.session.delete(tag)
    return target


def delete(tag_id: int, *, by: User, at: datetime) -> None:
    """Take a tag off every post; its address and those that led to it are gone."""
    with unit_of_work():
        tag = _managed(tag_id, by)
        for row in db.session.scalars(
            select(Redirect).where(Redirect.target == f"/tag/{tag.slug}")
        ):
            db.session.delete(row)
        record(Act("tag.deleted", by.id, at, "tag", tag.id))
        db.session.delete(tag)


def _by_key(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in filter(None, map(tag_name, names)):
        key = name_key(name)
        _check_name("tags", name, key)
        found.setdefault(key, name)
    if len(found) > MOST_OF_A_POST:
        too_many = _l(
            "A post has at most %(most)d tags, and these are %(given)d.",
            most=MOST_OF_A_POST,
            given=len(found),
        )
        raise RuleBroken("tags", too_many)
    return found


def _check_name(field: str, name: str, key: str) -> None:
    if len(name) > LONGEST_NAME or len(key) > LONGEST_KEY:
        too_long = _l(
            "Too long for a tag: “%(name)s…”. At most %(most)d characters fit.",
            name=name[:20],
            most=LONGEST_NAME,
        )
        raise RuleBroken(field, too_long)
    if not name:
        raise RuleBroken(field, _l("This field is required."))
    if not is_one_tag(name):
        raise RuleBroken(field, _l("A tag has no comma in it, for commas stand between tags."))


def _known_or_new(key: str, name: str) -> Tag:
    tag: Tag | None = db.session.scalar(select(Tag).where(Tag.name_key == key))
    if tag is None:
        tag = Tag(name=name, name_key=key, post_count=0)
        tag.slug = slugs.tag_slug(tag, "")
        db.session.add(tag)
        db.session.flush()  # The post's row needs its id.
    return tag


def _by_name(name: str) -> Tag | None:
    return db.session.scalar(select(Tag).where(Tag.name_key == name_key(tag_name(name))))


def _managed(tag_id: int, by: User) -> Tag:
    lock_site()
    if not by.may_edit_everything:
        raise NotAllowed
    tag = db.session.get(Tag, tag_id)
    if tag is None:
        raise NotFound
    return tag


def _hand_over(tag_id: int, target_id: int, at: datetime) -> None:
    """Move the rows of posts that have only the one tag; the others go with their tag."""
    taken = select(PostTag.post_id).where(PostTag.tag_id == target_id)
    rows = update(PostTag).where(PostTag.tag_id == tag_id, PostTag.post_id.not_in(taken))
    moving = rows.values(tag_id=target_id).returning(PostTag.post_id, PostTag.status)
    options = {"synchronize_session": False}
    moved = db.session.execute(moving, execution_options=options).all()
    search_index.write(post_id for post_id, _status in moved)
    relating.mark_due((post_id for post_id, _status in moved), at)
    counted = Tag.post_count + sum(status == PostStatus.PUBLISHED for _id, status in moved)
    target = update(Tag).where(Tag.id == target_id).values(post_count=counted)
    db.session.execute(target, execution_options=options | {DERIVED: True})
